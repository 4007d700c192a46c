import { beforeEach, describe, expect, test } from "vitest";
import {
  Baton,
  MemoryOutboxStore,
  NetworkError,
  type NewEvent,
  type Outbox,
  type OutboxOptions,
  SessionEndedError,
  type StoredEvent,
} from "../../src/index.js";
import { Fake, issued, json, lost, refusal, type SentRequest, Tabs } from "../support/fake.js";

interface Sent {
  client_event_id: string;
  payload: { raw: string };
  created_at: string;
}

/** Answers batches: each event is recorded once, unless its code has a reason to refuse it. */
class Server {
  recorded: string[] = [];
  batches: string[][] = [];
  reasons = new Map<string, string>();
  #ids = new Set<string>();

  answer = (request: SentRequest): Response => {
    if (request.path !== "/api/events/batch") return issued(1);
    const { events } = request.body as { events: Sent[] };
    this.batches.push(events.map((event) => event.payload.raw));
    return json(200, { status: events.map((event) => this.#status(event)) });
  };

  #status({ client_event_id, payload: { raw } }: Sent) {
    const reason = this.reasons.get(raw);
    if (reason !== undefined) return { client_event_id, result: "rejected", reason };
    if (this.#ids.has(client_event_id)) return { client_event_id, result: "duplicate" };
    this.#ids.add(client_event_id);
    this.recorded.push(raw);
    return { client_event_id, result: "accepted" };
  }
}

let fake: Fake;
let server: Server;
let baton: Baton;
let store: MemoryOutboxStore;

beforeEach(async () => {
  fake = new Fake();
  server = new Server();
  fake.answer = server.answer;
  baton = new Baton({ baseUrl: "http://api.test/api", environment: fake });
  await baton.session.signIn("picker1", "secret");
  store = new MemoryOutboxStore();
});

const outbox = (options: OutboxOptions = {}): Outbox => baton.outbox({ store, ...options });
const AT = "2026-03-14T09:26:53.000Z";
const scan = (raw: string): NewEvent & { payload: { raw: string } } => ({
  event_type: "scan_received",
  payload: { raw, assignment_id: "PA-1", order_id: "PA-1", at: AT },
});
const codeOf = ({ event: { payload } }: StoredEvent): string => ("raw" in payload ? payload.raw : "");
const scans = (count: number) => Array.from({ length: count }, (_, index) => scan(`code-${index}`));

describe("sending", () => {
  test("events are sent in the order in which they were added, in batches of the limit", async () => {
    const box = outbox({ batchSize: 2 });
    await box.add(...scans(5));
    expect(await box.send()).toEqual({ accepted: 5, duplicates: 0, rejected: [], waiting: 0 });
    expect(server.batches).toEqual([["code-0", "code-1"], ["code-2", "code-3"], ["code-4"]]);
  });

  test("an event has an id, its user, its device and a time of its own", async () => {
    const [first, second] = await outbox({ deviceId: "truck-7" }).add(scan("a"), scan("b"));
    expect(first).toMatchObject({ user_id: "user-1", device_id: "truck-7", created_at: "2026-03-14T09:26:53.000Z" });
    expect(second?.created_at).toBe("2026-03-14T09:26:53.001Z");
    expect(first?.client_event_id).not.toBe(second?.client_event_id);
  });

  test("a clock that was set back is followed", async () => {
    const box = outbox();
    await box.add(scan("a"));
    fake.time -= 3_600_000;
    expect((await box.add(scan("b")))[0]?.created_at).toBe("2026-03-14T08:26:53.000Z");
  });

  test("an event whose response was lost is sent again and counts once", async () => {
    const box = outbox();
    await box.add(scan("a"));
    let cut = true;
    fake.answer = (request) => {
      const response = server.answer(request);
      if (cut && request.path === "/api/events/batch") {
        cut = false;
        lost();
      }
      return response;
    };
    expect(await fake.wait(box.send())).toMatchObject({ duplicates: 1, waiting: 0 });
    expect(server.recorded).toEqual(["a"]);
  });

  test("without a network everything stays, and goes out later", async () => {
    const box = outbox();
    await box.add(scan("a"), scan("b"));
    fake.answer = lost;
    await expect(fake.wait(box.send())).rejects.toBeInstanceOf(NetworkError);
    expect(await box.waiting()).toBe(2);
    fake.answer = server.answer;
    expect(await box.send()).toMatchObject({ accepted: 2, waiting: 0 });
  });

  test("a response that does not match the batch settles nothing", async () => {
    const box = outbox();
    await box.add(scan("a"), scan("b"));
    fake.answer = () => json(200, { status: [{ client_event_id: "x", result: "accepted" }] });
    await expect(fake.wait(box.send())).rejects.toBeInstanceOf(NetworkError);
    expect(await box.waiting()).toBe(2);
  });

  test("a result that this version does not know leaves the event in the queue", async () => {
    const box = outbox();
    await box.add(scan("a"));
    fake.answer = () => json(200, { status: [{ client_event_id: "x", result: "postponed" }] });
    expect(await box.send()).toMatchObject({ accepted: 0, waiting: 1 });
  });

  test("two senders do not send at the same time", async () => {
    const box = outbox();
    const other = outbox();
    await box.add(...scans(3));
    await Promise.all([box.send(), other.send(), box.send()]);
    expect(server.batches).toHaveLength(1);
  });
});

describe("refused events", () => {
  test("an event that is refused for what it is is set aside and reported", async () => {
    const box = outbox();
    const reported: StoredEvent[] = [];
    box.on("rejected", (event) => reported.push(event));
    server.reasons.set("b", "not_your_assignment");
    await box.add(scan("a"), scan("b"), scan("c"));
    const result = await box.send();
    expect(result).toMatchObject({ accepted: 2, waiting: 0 });
    expect(reported.map((event) => event.rejected)).toEqual(["not_your_assignment"]);
    expect(await box.rejected()).toEqual(reported);
    expect(result.rejected).toEqual(reported);
  });

  test("an event that was set aside can be sent again or given up", async () => {
    const box = outbox();
    server.reasons.set("a", "not_your_assignment").set("b", "unknown_event_type");
    await box.add(scan("a"), scan("b"));
    const { rejected } = await box.send();
    server.reasons.clear();
    const [again, never] = rejected;
    if (again === undefined || never === undefined) throw new Error("two events were expected");
    await box.requeue(again);
    await box.discard(never);
    expect(await box.send()).toMatchObject({ accepted: 1, waiting: 0 });
    expect(await box.rejected()).toEqual([]);
    expect(server.recorded).toEqual(["a"]);
  });

  test("an event that waits cannot be given up", async () => {
    const box = outbox();
    await box.add(scan("a"));
    const [waiting] = await store.waiting("user-1", 1);
    if (waiting === undefined) throw new Error("an event was expected");
    await box.discard(waiting);
    expect(await box.waiting()).toBe(1);
  });

  test("`retry` and `internal_error` leave an event in the queue, and the events behind it are sent", async () => {
    const box = outbox({ batchSize: 2 });
    const reported: StoredEvent[] = [];
    box.on("internalError", (event) => reported.push(event));
    server.reasons.set("code-0", "retry").set("code-3", "internal_error");
    await box.add(...scans(5));
    expect(await box.send()).toMatchObject({ accepted: 3, waiting: 2 });
    expect(reported.map(codeOf)).toEqual(["code-3"]);
    server.reasons.clear();
    expect(await box.send()).toMatchObject({ accepted: 2, waiting: 0 });
    expect(server.batches.at(-1)).toEqual(["code-0", "code-3"]);
  });

  test("one event that makes the whole request unreadable does not hold up the others", async () => {
    const box = outbox();
    await box.add(...scans(7));
    fake.answer = (request) => {
      const unreadable = JSON.stringify(request.body).includes("code-4");
      return unreadable ? refusal(422, "VALIDATION_ERROR") : server.answer(request);
    };
    const { accepted, rejected, waiting } = await box.send();
    expect({ accepted, waiting }).toEqual({ accepted: 6, waiting: 0 });
    expect(rejected.map((stored) => [codeOf(stored), stored.rejected])).toEqual([["code-4", "unreadable_request"]]);
  });
});

describe("users", () => {
  test("events are recorded after the session has expired, and sent after the next sign-in of their user", async () => {
    const box = outbox();
    await box.add(scan("a"));
    await baton.session.signOut();
    await box.add(scan("b"));
    await expect(box.send()).rejects.toBeInstanceOf(SessionEndedError);
    await baton.session.signIn("picker1", "secret");
    expect(await box.send()).toMatchObject({ accepted: 2 });
  });

  test("events of another user stay until that user signs in", async () => {
    await outbox({ owner: "user-2" }).add(scan("theirs"));
    const box = outbox();
    await box.add(scan("mine"));
    expect(await box.send()).toMatchObject({ accepted: 1, waiting: 0 });
    await expect(outbox({ owner: "user-2" }).send()).rejects.toBeInstanceOf(SessionEndedError);
    expect(server.recorded).toEqual(["mine"]);
  });

  test("what is left of a long queue is not sent in the name of a person who signs in meanwhile", async () => {
    const box = outbox({ batchSize: 1 });
    await box.add(...scans(2));
    fake.answer = async (request) => {
      if (request.path === "/api/v1/auth/login") return issued(2, "access-2", "user-2");
      if (request.path === "/api/events/batch") await baton.session.signIn("picker2", "secret");
      return server.answer(request);
    };
    await expect(box.send()).rejects.toBeInstanceOf(SessionEndedError);
    expect(server.recorded).toEqual(["code-0"]);
    expect(await store.count("user-1")).toBe(1);
  });
});

describe("sending by itself", () => {
  test("events go out as they are added, until it is stopped", async () => {
    const box = outbox();
    box.start();
    await box.add(scan("a"));
    await fake.settle();
    await box.add(scan("b"));
    await fake.settle();
    expect(server.batches).toEqual([["a"], ["b"]]);
    box.stop();
    await box.add(scan("c"));
    await fake.settle();
    expect(server.recorded).toEqual(["a", "b"]);
  });

  test("after a failure it goes on by itself", async () => {
    const box = outbox();
    const errors: unknown[] = [];
    box.on("error", (error) => errors.push(error));
    fake.answer = lost;
    box.start();
    await box.add(scan("a"));
    await fake.advance(60_000);
    expect(errors.length).toBeGreaterThan(0);
    fake.answer = server.answer;
    await fake.advance(60_000);
    expect(server.recorded).toEqual(["a"]);
    box.stop();
  });

  test("the network's return ends the pause", async () => {
    const box = outbox();
    fake.answer = lost;
    box.start();
    await box.add(scan("a"));
    await fake.advance(120_000);
    fake.answer = server.answer;
    fake.online();
    await fake.settle();
    await fake.advance(20_000);
    expect(server.recorded).toEqual(["a"]);
    box.stop();
  });

  test("events to be sent again are sent after a pause, and the queue's length is reported", async () => {
    const box = outbox();
    const lengths: number[] = [];
    box.on("waiting", (length) => lengths.push(length));
    server.reasons.set("a", "retry");
    box.start();
    await box.add(scan("a"));
    await fake.settle();
    expect(server.batches.length).toBeLessThanOrEqual(2);
    server.reasons.clear();
    await fake.advance(2_000);
    expect(server.recorded).toEqual(["a"]);
    expect(lengths.at(-1)).toBe(0);
    box.stop();
  });

  test("stopped and started again at once, as by a component that is mounted twice, it still takes events", async () => {
    const tabs = new Tabs();
    const open = async (): Promise<Outbox> => {
      const environment = new Fake(fake.locks, tabs);
      environment.answer = server.answer;
      const tab = new Baton({ baseUrl: "http://api.test/api", environment });
      await tab.session.signIn("picker1", "secret");
      return tab.outbox({ store });
    };
    const [mine, other] = [await open(), await open()];
    mine.start();
    mine.stop();
    mine.start();
    other.start();
    await fake.settle();
    await mine.add(scan("a"));
    await fake.settle();
    expect(server.recorded).toEqual(["a"]);
    mine.stop();
    other.stop();
  });

  test("an event that is stored is returned, even if the queue cannot be counted then", async () => {
    const box = outbox();
    const errors: unknown[] = [];
    box.on("error", (error) => errors.push(error));
    const failure = new Error("The database is gone.");
    store.count = () => Promise.reject(failure);
    expect(await box.add(scan("a"))).toMatchObject([{ payload: { raw: "a" } }]);
    expect(errors).toEqual([failure]);
  });
});
