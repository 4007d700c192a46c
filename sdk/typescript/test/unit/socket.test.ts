import { beforeEach, expect, test } from "vitest";
import { Baton, type BatonSocket, type SocketEvent, type SocketState } from "../../src/index.js";
import { Fake, type FakeSocket, issued, json, lost, refusal, type SentRequest } from "../support/fake.js";

let fake: Fake;
let baton: Baton;
let tickets = 0;

const server = (request: SentRequest): Response => {
  if (request.path !== "/api/v1/ws/tickets") return issued(1);
  tickets += 1;
  return json(201, { ticket: `ticket-${tickets}`, expiresIn: 30 });
};

beforeEach(async () => {
  fake = new Fake();
  fake.answer = server;
  tickets = 0;
  baton = new Baton({ baseUrl: "http://api.test/api", environment: fake });
  await baton.session.signIn("courier1", "secret");
});

const status = (id: number) => ({
  event: "order.status",
  data: { order_id: `o-${id}` },
  id,
  at: "2026-03-14T09:26:53Z",
});
const newest = (): FakeSocket => fake.sockets[fake.sockets.length - 1] as FakeSocket;

/** Open a socket whose app notes each event. */
async function opened(options = {}): Promise<{ socket: BatonSocket<"customer">; got: (number | undefined)[] }> {
  const socket = baton.socket("customer", options);
  const got: (number | undefined)[] = [];
  void socket.listen((event: SocketEvent<"customer">) => got.push(event.id));
  await fake.settle();
  newest().opens();
  return { socket, got };
}

async function reconnected(): Promise<void> {
  await fake.advance(2_000);
  newest().opens();
}

test("the address has a ticket and no token", async () => {
  await opened();
  expect(newest().url).toBe("ws://api.test/api/v1/ws/customer?ticket=ticket-1");
});

test("an address without paths is used as it is", async () => {
  const socketUrl = "wss://id.execute-api.eu-west-1.amazonaws.com/api";
  const elsewhere = new Baton({ baseUrl: "http://api.test/api", socketUrl, environment: fake });
  await elsewhere.session.signIn("courier1", "secret");
  elsewhere.socket("customer").open();
  await fake.settle();
  expect(newest().url).toBe(`${socketUrl}?ticket=ticket-1`);
});

test("after a lost line it continues after the newest event, and no event reaches the app twice", async () => {
  const { got } = await opened();
  newest().receives(status(16));
  newest().receives(status(17));
  newest().ends(1006);
  await reconnected();
  expect(newest().url).toBe("ws://api.test/api/v1/ws/customer?ticket=ticket-2&after=17");
  for (const id of [16, 17, 18]) newest().receives(status(id));
  await fake.settle();
  expect(got).toEqual([16, 17, 18]);
});

test("a live event reaches the app, and is neither acknowledged nor continued after", async () => {
  const { got } = await opened();
  newest().receives(status(16));
  newest().receives({ event: "courier.location", data: { order_id: "o-1" }, at: "2026-03-14T09:26:53Z" });
  await fake.advance(200);
  expect(got).toEqual([16, undefined]);
  expect(newest().acks).toEqual([16]);
  newest().ends(1006);
  await reconnected();
  expect(newest().url).toContain("&after=16");
});

test("an app that stores ids continues where it stopped", async () => {
  await opened({ after: 0 });
  expect(newest().url).toContain("&after=0");
});

test("what the app has dealt with is acknowledged, in few messages", async () => {
  const { got } = await opened();
  for (let id = 1; id <= 100; id += 1) newest().receives(status(id));
  await fake.advance(200);
  expect(got).toHaveLength(100);
  expect(newest().acks).toEqual([100]);
});

test("an event that the app still works on is not acknowledged", async () => {
  const socket = baton.socket("customer");
  let done: () => void = () => undefined;
  void socket.listen(() => new Promise<void>((resolve) => (done = resolve)));
  await fake.settle();
  newest().opens();
  newest().receives(status(1));
  await fake.advance(1_000);
  expect(newest().acks).toEqual([]);
  done();
  await fake.advance(1_000);
  expect(newest().acks).toEqual([1]);
});

test("an acknowledgement that may have been lost is sent again after the reconnect", async () => {
  await opened();
  newest().receives(status(5));
  await fake.advance(200);
  newest().ends(1006);
  await reconnected();
  expect(newest().acks).toEqual([5]);
});

test("pauses between attempts grow, differ, and end when the network returns", async () => {
  const { socket } = await opened();
  fake.answer = lost;
  newest().ends(1006);
  const states: SocketState[] = [];
  socket.on("state", (state) => states.push(state));
  await fake.advance(10 * 60_000);
  expect(states.filter((state) => state === "waiting").length).toBeGreaterThan(5);
  expect(states.filter((state) => state === "waiting").length).toBeLessThan(25);
  fake.answer = server;
  for (let tries = 0; tries < 10 && socket.state !== "connecting"; tries += 1) {
    fake.online();
    await fake.advance(1_000);
  }
  await fake.advance(60_000);
  newest().opens();
  expect(socket.state).toBe("open");
});

test("a line that is dead without saying so is noticed by an unanswered ping", async () => {
  const { socket } = await opened({ pingMs: 30_000, answerMs: 10_000 });
  newest().receives({ event: "pong", data: {} });
  const first = newest();
  await fake.advance(30_000);
  expect(first.sent.filter((message) => message.event === "ping")).toHaveLength(2);
  await fake.advance(10_000);
  expect(first.closed).toBe(true);
  expect(["waiting", "connecting"]).toContain(socket.state);
  await reconnected();
  expect(socket.state).toBe("open");
});

test("a connection that never opens is given up", async () => {
  baton.socket("customer", { answerMs: 10_000 }).open();
  await fake.settle();
  await fake.advance(10_000);
  expect(newest().closed).toBe(true);
  await fake.advance(2_000);
  expect(fake.sockets).toHaveLength(2);
});

test("code 4001 with a session that is still good leads to a new connection", async () => {
  const { socket } = await opened();
  fake.answer = (request) => (request.path.endsWith("/refresh") ? issued(2) : server(request));
  newest().ends(4001);
  await reconnected();
  expect(socket.state).toBe("open");
  expect((await baton.session.current())?.accessToken).toBe("access-2");
});

test("code 4001 with an ended session ends the socket and the session once", async () => {
  const { socket } = await opened();
  const ends: string[] = [];
  baton.session.on("ended", (reason) => ends.push(reason));
  fake.answer = (request) => (request.path.endsWith("/refresh") ? refusal(401, "AUTH_INVALID") : server(request));
  newest().ends(4001);
  await fake.advance(60_000);
  expect([socket.state, socket.end, ends]).toEqual(["ended", "signed_out", ["expired"]]);
  expect(fake.sockets).toHaveLength(1);
});

test("codes 4003 and 4008 end the socket, after the app got what had arrived", async () => {
  for (const [code, end] of [
    [4003, "forbidden"],
    [4008, "replaced"],
  ] as const) {
    const { socket, got } = await opened();
    newest().receives(status(1));
    newest().ends(code);
    await fake.advance(60_000);
    expect([socket.end, got]).toEqual([end, [1]]);
  }
});

test("a person who may not open sockets gets no second attempt", async () => {
  fake.answer = () => refusal(403, "ACCESS_DENIED");
  const socket = baton.socket("customer");
  expect(await fake.wait(socket.listen(() => undefined))).toBe("forbidden");
  expect(fake.sockets).toHaveLength(0);
});

test("a server that stops or drops an idle socket is connected to again", async () => {
  for (const code of [1001, 1008, 1009, 1011]) {
    const { socket } = await opened();
    newest().ends(code);
    await reconnected();
    expect(socket.state).toBe("open");
    socket.close();
  }
});

test("close acknowledges what was dealt with, and what was not is left to the next socket", async () => {
  const socket = baton.socket("customer");
  const got: (number | undefined)[] = [];
  const end = socket.listen(async ({ id }) => {
    got.push(id);
    if (id === 2) socket.close();
  });
  await fake.settle();
  newest().opens();
  for (const id of [1, 2, 3]) newest().receives(status(id));
  expect(await end).toBe("closed");
  expect(got).toEqual([1, 2]);
  expect(newest().acks).toEqual([1]);
  expect(newest().closed).toBe(true);
});

test("leaving the loop closes the socket", async () => {
  const socket = baton.socket("customer");
  const loop = (async () => {
    for await (const event of socket) return event.id;
    return null;
  })();
  await fake.settle();
  newest().opens();
  newest().receives(status(7));
  expect(await loop).toBe(7);
  expect(socket.end).toBe("closed");
});

test("close while connecting opens nothing", async () => {
  const socket = baton.socket("customer");
  socket.open();
  socket.close();
  await fake.advance(60_000);
  expect(fake.sockets.every((opening) => opening.closed)).toBe(true);
  expect(socket.state).toBe("ended");
});

test("a message can be sent while there is a connection, and a refusal is reported", async () => {
  const socket = baton.socket("courier");
  expect(socket.send("location.update", { latitude: 52.37, longitude: 4.89 })).toBe(false);
  const refusals: string[] = [];
  socket.on("refused", (refused) => refusals.push(refused.code));
  socket.open();
  await fake.settle();
  newest().opens();
  expect(socket.send("location.update", { latitude: 152, longitude: 4.89 })).toBe(true);
  newest().receives({ event: "error", data: { code: "VALIDATION_ERROR", message: "Invalid." } });
  newest().receives({ unknown: true });
  expect(refusals).toEqual(["VALIDATION_ERROR"]);
  expect(newest().sent.at(-1)).toEqual({ event: "location.update", data: { latitude: 152, longitude: 4.89 } });
});

test("another person in the same tab does not get the socket of the first", async () => {
  const { socket } = await opened();
  fake.answer = async (request) =>
    request.path.endsWith("/login") ? json(200, { ...(await issued(9).json()), userId: "user-2" }) : server(request);
  await baton.session.signIn("courier2", "secret");
  newest().ends(1006);
  await fake.advance(60_000);
  expect(socket.end).toBe("signed_out");
});

test("a sign-out ends the socket at once, even if the server cannot be told", async () => {
  const { socket } = await opened();
  fake.answer = lost;
  const signedOut = baton.session.signOut();
  await fake.settle();
  expect(newest().closed).toBe(true);
  expect(socket.end).toBe("signed_out");
  await expect(fake.wait(signedOut)).rejects.toThrow();
});

test("a sign-in of another person ends the socket at once, one of the same person does not", async () => {
  const { socket } = await opened();
  await baton.session.signIn("courier1", "secret");
  expect(socket.end).toBeNull();
  fake.answer = () => issued(2, "access-2", "user-2");
  await baton.session.signIn("courier2", "secret");
  expect(socket.end).toBe("signed_out");
  expect(newest().closed).toBe(true);
});
