import type { People } from "./people";
import { type Memory, type Story, textAt } from "./story";
import { texts } from "./texts";

const PICKER = "picker2";
const LEAD = "supervisor1";
const DEVICE = "console";
const BISCUITS = "9521234001010";
const COFFEE = "9521234002017";

const { steps } = texts.pick;

export const pick: Story = {
  id: "pick",
  title: texts.pick.title,
  text: texts.pick.text,
  watch: { to: "/picking/assignments", label: texts.pick.watch },
  prepare,
  steps: [
    {
      ...steps.load,
      call: () => ({
        who: LEAD,
        method: "POST",
        path: "/v1/imports/pick-assignments",
        body: { records: [assignment(`TRY-${Date.now()}`)] },
      }),
    },
    {
      ...steps.claim,
      call: () => ({
        who: PICKER,
        method: "POST",
        path: "/assignments/next",
        body: { device_id: DEVICE, company_id: "demo", role: "picker" },
      }),
      keep: (body) => ({ assignment: textAt(body, "assignment_id"), event: crypto.randomUUID() }),
    },
    { ...steps.scan, call: (memory) => batch([scan(memory, BISCUITS, memory.event)]) },
    { ...steps.repeat, call: (memory) => batch([scan(memory, BISCUITS, memory.event)]) },
    { ...steps.rest, call: (memory) => batch([scan(memory, BISCUITS), scan(memory, COFFEE)]) },
    { ...steps.state, call: () => ({ who: PICKER, method: "GET", path: "/scanner/state" }) },
    {
      ...steps.log,
      call: ({ assignment: id }) => ({ who: LEAD, method: "GET", path: `/v1/assignments/${id}` }),
    },
  ],
};

function assignment(ref: string) {
  return {
    assignment_ref: ref,
    customer: "Café Het Anker",
    order_label: ref,
    role: "picker",
    zone: "Ambient",
    route: "Centre 2",
    priority: 0,
    lines: [
      { line_number: 1, sku: "BISC-ALM", quantity: 2, location: "A-01-03", barcodes: [BISCUITS] },
      { line_number: 2, sku: "COFFEE-1K", quantity: 1, location: "A-03-02", barcodes: [COFFEE] },
    ],
  };
}

function scan({ assignment: id = "" }: Memory, raw: string, eventId: string = crypto.randomUUID()) {
  const at = new Date().toISOString();
  return {
    client_event_id: eventId,
    event_type: "scan_received",
    payload: { assignment_id: id, order_id: id, raw, at },
    created_at: at,
    device_id: DEVICE,
  };
}

function batch(events: readonly object[]) {
  return { who: PICKER, method: "POST", path: "/events/batch", body: { events } } as const;
}

async function prepare(people: People): Promise<void> {
  const { body } = await people.send({ who: PICKER, method: "GET", path: "/scanner/state" });
  const held = textAt(body, "active_assignment.assignment_id") || textAt(body, "activeAssignment.assignment_id");
  if (held !== "") await people.send({ who: PICKER, method: "POST", path: `/assignments/${held}/release`, body: {} });
}
