import { names } from "./names";

export const texts = {
  ...names,
  description: "Play everyday work with the demo people, one request at a time, and see what the API answers.",
  stories: "What to play",
  elsewhere: "Only on the local stack",
  elsewhereHint: "This page plays with the demo people, who exist on the local stack only.",
  password: "Password of the demo people",
  passwordHint: "All demo people share it; `make run` has printed it. It stays in this page.",
  begin: "Begin",
  wrongPassword: (who: string): string => `${who} could not sign in with this password.`,
  next: "Send the request",
  again: "Start again",
  retry: "Send it again",
  restart: "Begin anew",
  step: (number: number, of: number): string => `Step ${number} of ${of}`,
  as: (who: string): string => `as ${who}`,
  request: "Request",
  response: "Response",
  milliseconds: (count: number): string => `${count} ms`,
  noBody: "no content",
  copy: "Copy the command",
  copied: "Copied",
  shell: (port: string): string => `Before the first command: . .baton/${port}/shell`,
  expected: "as expected",
  unexpected: "This is not what the story expects. Read the response, then send the request again or begin anew.",
  unreachable: "The request was not answered. Check that the local stack runs, then send it again.",
  finished: "That was it.",
  noPhoto: "This browser cannot make the photo.",
  delivery: {
    title: "A delivery",
    text: "A customer orders, a courier delivers, and both see every step.",
    watch: "Watch it on the map",
    steps: {
      duty: {
        title: "The courier goes on duty",
        explanation: "Only couriers on duty get offers.",
      },
      location: {
        title: "The courier's phone sends a position",
        explanation: "The app sends it every few seconds, so that the nearest free courier gets the offer.",
      },
      order: {
        title: "The customer creates an order",
        explanation: "The response names the courier who got the offer and has a few seconds to answer.",
      },
      accept: {
        title: "The courier accepts",
        explanation: "Answer before the offer expires; otherwise the next sweep offers the order to somebody else.",
      },
      arrived: { title: "The courier arrives at the pickup", explanation: "The customer's app is told at once." },
      picked: {
        title: "The courier picks up the goods",
        explanation: "From now on the order can no longer be canceled.",
      },
      delivered: { title: "The courier delivers", explanation: "The courier is free again for the next offer." },
      look: { title: "The customer looks at the order", explanation: "It shows what happened and when." },
      home: { title: "The courier goes off duty", explanation: "No more offers until the next day." },
    },
  },
  pick: {
    title: "A pick",
    text: "A supervisor loads an order, and a picker scans it.",
    watch: "Watch the assignments",
    steps: {
      load: {
        title: "The supervisor imports an assignment",
        explanation: "Three units of two articles, with the highest priority, so that it is the next one.",
      },
      claim: {
        title: "The picker claims the next assignment",
        explanation: "Sending this again returns the same one, so a lost response does no harm.",
      },
      scan: { title: "The picker scans the first unit", explanation: "The scanner gives each scan an id of its own." },
      repeat: {
        title: "The scanner sends the same scan again",
        explanation: "As after a lost response: it is a duplicate and counts once.",
      },
      rest: { title: "The picker scans the rest", explanation: "Events may be sent in batches of up to 500." },
      state: {
        title: "The scanner asks what to show",
        explanation: "Every line is complete, so the assignment is complete, too.",
      },
      log: { title: "The supervisor opens the log", explanation: "Every effect of every scan, with who and when." },
    },
  },
  repair: {
    title: "A repair",
    text: "An inspection finds a fault, and a technician repairs it with a photo as the proof.",
    watch: "Watch the repairs",
    photo: "Photo of the repair",
    steps: {
      route: {
        title: "The operations lead routes a finding",
        explanation: "The due time follows from the priority; the checklist is held until the repair is done.",
      },
      assign: {
        title: "The maintenance lead assigns a technician",
        explanation: "The technician gets a notice in the app and on the phone.",
      },
      start: {
        title: "The technician starts",
        explanation: "The version in If-Match makes sure that the technician saw the newest state.",
      },
      early: {
        title: "The technician says it is done, without a photo",
        explanation: "This is refused with 422: no repair is done without a photo.",
      },
      photo: { title: "The technician uploads a photo", explanation: "It is stored upright and without its location." },
      done: { title: "The technician says it is done again", explanation: "Now it is accepted." },
      look: { title: "The lead looks at the work order", explanation: "With its timeline and the photo." },
    },
  },
} as const;
