/** The package in Node, against the real stack, over lines that are cut. */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  ApiError,
  Baton,
  type BatonSocket,
  ifMatch,
  MemoryOutboxStore,
  ProcessLocks,
  platform,
  SessionEndedError,
} from "../../src/index.js";
import { SharedStore } from "../support/fake.js";
import { Line } from "../support/line.js";
import { PASSWORD, type Stack, startStack } from "../support/stack.js";
import { claimAssignment, goOnDuty, orderAndCancel, scan, signedIn, unitsOf } from "../support/work.js";

const QUICK = { baseMs: 20, capMs: 100, attempts: 20 };
const REFRESH = "POST /api/v1/auth/refresh";
const BATCH = "POST /api/events/batch";

let stack: Stack;
let line: Line;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());
beforeEach(async () => {
  line = await Line.to(stack.port);
});
afterEach(() => line.close());

/** Return a function that is true for every n-th request of a path. */
function everyNth(n: number, wanted: string): (request: string) => boolean {
  let asked = 0;
  return (request) => {
    if (request !== wanted) return false;
    asked += 1;
    return asked % n === 0;
  };
}

describe("sessions", () => {
  /** Tabs that share a session, whose clocks say that the access token has expired. */
  async function tabs(count: number): Promise<{ store: SharedStore; tabs: Baton[]; ended: string[] }> {
    const store = new SharedStore();
    const locks = new ProcessLocks();
    const ended: string[] = [];
    const opened = Array.from({ length: count }, () => {
      const baton = new Baton({ baseUrl: line.base, tokens: store, retry: QUICK, environment: { locks } });
      baton.session.on("ended", (reason) => ended.push(reason));
      return baton;
    });
    await opened[0]?.session.signIn("viewer1", PASSWORD);
    expire(store);
    return { store, tabs: opened, ended };
  }

  function expire(store: SharedStore): void {
    if (store.tokens !== null) store.tokens = { ...store.tokens, expiresAt: platform().now() };
  }

  test("of four tabs one refreshes, and all go on", async () => {
    const { tabs: opened } = await tabs(4);
    await Promise.all(opened.map((tab) => tab.api.GET("/v1/me")));
    expect(line.count(REFRESH)).toBe(1);
  });

  test("when the answer to a refresh is lost three times, everybody stays signed in", async () => {
    const { store, tabs: opened, ended } = await tabs(4);
    let cuts = 3;
    line.cut = (request) => request === REFRESH && cuts-- > 0;
    await Promise.all(opened.map((tab) => tab.api.GET("/v1/me")));
    expect([line.lost, line.count(REFRESH)]).toEqual([3, 4]);
    // The session went on without a copy of it, so the next refresh succeeds as well.
    expire(store);
    await Promise.all(opened.map((tab) => tab.api.GET("/v1/me")));
    expect(ended).toEqual([]);
  });

  test("a page that is gone before it stored the new tokens continues with the old ones", async () => {
    const { store, tabs: opened } = await tabs(1);
    const before = store.tokens;
    await opened[0]?.api.GET("/v1/me");
    store.tokens = before;
    expect((await opened[0]?.api.GET("/v1/me"))?.status).toBe(200);
  });

  test("sign-out everywhere ends the sessions of other devices, each with one event", async () => {
    const here = await tabs(1);
    const there = await tabs(1);
    await here.tabs[0]?.signOutEverywhere();
    const refused = await Promise.allSettled([1, 2, 3].map(() => there.tabs[0]?.api.GET("/v1/me")));
    expect(refused.map((result) => result.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect([here.ended, there.ended]).toEqual([["signed_out"], ["expired"]]);
    await expect(there.tabs[0]?.api.GET("/v1/me")).rejects.toBeInstanceOf(SessionEndedError);
  });

  test("a wrong password is an error with a code", async () => {
    const baton = new Baton({ baseUrl: line.base });
    await expect(baton.session.signIn("viewer1", "wrong")).rejects.toMatchObject({ status: 401, code: "AUTH_INVALID" });
  });
});

describe("requests", () => {
  test("an order whose answers are lost is placed once", async () => {
    const customer = new Baton({ baseUrl: line.base, retry: QUICK });
    await customer.session.signIn("customer2", PASSWORD);
    let cuts = 3;
    line.cut = (request) => request === "POST /api/v1/orders" && cuts-- > 0;
    const body = { pickup_address: "Dam 1", dropoff_address: "Museumplein 6", receiver_phone: "+31205550201" };
    const { data, replayed } = await customer.api.POST("/v1/orders", { body });
    expect([line.lost, replayed]).toEqual([3, true]);
    const history = await customer.api.GET("/v1/customer/orders/history");
    expect(history.data.orders.map((order) => order.id)).toEqual([data.order.id]);
    expect(line.count("POST /api/v1/orders")).toBe(4);
    // Otherwise it waits, and is offered to the next courier who goes on duty.
    await customer.api.POST("/v1/customer/orders/cancel", { body: { order_id: data.order.id } });
  });

  test("a stale version and invalid input are typed errors", async () => {
    const admin = await signedIn(line.base, "admin");
    const { data, version } = await admin.api.GET("/v1/organisation/settings/picking");
    const settings = { picker_units_per_hour: 130, operative_units_per_hour: 90 };
    expect(version).toBeTypeOf("number");
    const stale = admin.api.PUT("/v1/organisation/settings/picking", {
      params: { header: ifMatch((version ?? 0) + 5) },
      body: settings,
    });
    await expect(stale).rejects.toMatchObject({ status: 409, code: "VERSION_CONFLICT" });
    const invalid = admin.api.PUT("/v1/organisation/settings/picking", {
      body: { ...settings, picker_units_per_hour: -1 },
    });
    const error = await invalid.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(Object.keys((error as ApiError).fields)).toEqual(["picker_units_per_hour"]);
    expect(data).toBeDefined();
  });
});

describe("outbox", () => {
  test("every event counts exactly once, whatever answers are lost", async () => {
    const direct = await claimAssignment(stack.base, "PA-NODE", "picker1");
    const baton = new Baton({ baseUrl: line.base, retry: QUICK });
    await baton.session.signIn("picker1", PASSWORD);
    const store = new MemoryOutboxStore();
    const [one, other] = [baton.outbox({ store, batchSize: 20 }), baton.outbox({ store, batchSize: 7 })];
    line.cut = everyNth(3, BATCH);
    const before = await unitsOf(direct);
    line.down = true;
    for (let added = 0; added < 300; added += 10) await one.add(...Array.from({ length: 10 }, () => scan("PA-NODE")));
    one.start();
    other.start();
    line.down = false;
    const empty = new Promise<void>((resolve) => one.on("waiting", (waiting) => waiting === 0 && resolve()));
    const dropping = setInterval(() => line.drop(), 150);
    await empty;
    clearInterval(dropping);
    one.stop();
    other.stop();
    expect(line.lost).toBeGreaterThan(3);
    expect(await one.rejected()).toEqual([]);
    expect((await unitsOf(direct)) - before).toBe(300);
  });

  test("what the server refuses is set aside with its reason", async () => {
    const baton = await signedIn(line.base, "picker2");
    const box = baton.outbox({ store: new MemoryOutboxStore() });
    await box.add(scan("PA-NODE"), { event_type: "tracker_opened", payload: {} });
    const result = await box.send();
    expect(result).toMatchObject({ accepted: 1, waiting: 0 });
    expect(result.rejected.map((event) => event.rejected)).toEqual(["not_your_assignment"]);
  });
});

describe("sockets", () => {
  /** Collect the ids of a socket's events. */
  function collect(socket: BatonSocket<"courier">): number[] {
    const ids: number[] = [];
    void socket.listen((event) => ids.push(event.id));
    return ids;
  }

  async function opened(socket: BatonSocket<"courier">): Promise<void> {
    if (socket.state === "open") return;
    await new Promise<void>((resolve) => {
      const off = socket.on("state", (state) => {
        if (state !== "open") return;
        off();
        resolve();
      });
    });
  }

  /** Wait until the server has dealt with what was sent: it answers a later message, which it refuses. */
  function acknowledged(socket: BatonSocket<"courier">): Promise<void> {
    return new Promise((resolve) => {
      socket.on("refused", () => resolve());
      setTimeout(() => socket.send("location.update", { latitude: 152, longitude: 0 }), 1);
    });
  }

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  test("no event is lost and none reaches the app twice, through cut, silent and refused lines", async () => {
    const direct = await goOnDuty(stack.base, "courier1");
    const reference = direct.socket("courier");
    const all = collect(reference);
    const courier = new Baton({ baseUrl: line.base, retry: QUICK });
    await courier.session.signIn("courier1", PASSWORD);
    const socket = courier.socket("courier", { pingMs: 300, answerMs: 500, ackMs: 20 });
    const got = collect(socket);
    await Promise.all([opened(reference), opened(socket)]);
    const customer = await signedIn(stack.base, "customer1");
    for (let round = 0; round < 30; round += 1) {
      if (round % 5 === 1) line.drop();
      line.silent = round % 10 >= 7;
      line.down = round % 10 === 3;
      if (round % 5 === 0) await opened(socket); // however fast the orders are, each cut is one of an open line
      await orderAndCancel(customer);
    }
    line.silent = line.down = false;
    line.drop();
    await until(() => all.length >= 60 && got.length >= all.length);
    reference.close();
    socket.close();
    expect(got).toEqual(all);
    expect(new Set(got).size).toBe(got.length);
    expect(line.count("GET /api/v1/ws/courier")).toBeGreaterThan(3);
  });

  test("a new socket of the same session continues after the last acknowledgement", async () => {
    const courier = await goOnDuty(stack.base, "courier1");
    const customer = await signedIn(stack.base, "customer3");
    const first = courier.socket("courier", { ackMs: 0 });
    const got = collect(first);
    await opened(first);
    await orderAndCancel(customer);
    await until(() => got.length >= 2 && first.handled === got.at(-1));
    await acknowledged(first);
    first.close();
    await orderAndCancel(customer);
    const second = courier.socket("courier");
    const later = collect(second);
    await until(() => later.length >= 2);
    second.close();
    expect(Math.min(...later)).toBeGreaterThan(Math.max(...got));
  });

  test("a session that ends elsewhere ends the socket", async () => {
    const courier = await signedIn(line.base, "courier2");
    const ended: string[] = [];
    courier.session.on("ended", (reason) => ended.push(reason));
    const socket = courier.socket("courier");
    const end = socket.listen(() => undefined);
    await opened(socket);
    const elsewhere = await signedIn(stack.base, "courier2");
    await elsewhere.signOutEverywhere();
    expect(await end).toBe("signed_out");
    expect(ended).toEqual(["expired"]);
  });

  test("a role without the channel is told so", async () => {
    const picker = await signedIn(line.base, "picker3");
    const socket = picker.socket("courier");
    const failed = new Promise<void>((resolve) => socket.on("state", (state) => state === "waiting" && resolve()));
    socket.open();
    await failed;
    socket.close();
  });
});
