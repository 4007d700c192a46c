/** The built package in Chromium, on pages of another origin than the API's, over lines that are cut. */

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { browserProgram, INSECURE_HOST, launch, servePages } from "../support/browser.js";
import { Line } from "../support/line.js";
import { PASSWORD, type Stack, startStack } from "../support/stack.js";
import { BARCODE, claimAssignment, goOnDuty, orderAndCancel, signedIn, unitsOf } from "../support/work.js";

type Kind = "IndexedDB" | "localStorage";

const program = browserProgram();
const REFRESH = "POST /api/v1/auth/refresh";
const BATCH = "POST /api/events/batch";

if (program === null) process.stderr.write("Chromium is not installed: the package is NOT tested in a browser.\n");

describe.skipIf(program === null)("in Chromium", () => {
  let stack: Stack;
  let browser: Browser;
  let pages: Awaited<ReturnType<typeof servePages>>;
  let line: Line;
  let context: BrowserContext;

  beforeAll(async () => {
    [stack, browser, pages] = await Promise.all([startStack(), launch(program ?? ""), servePages()]);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([stack.stop(), pages.close()]);
  });
  beforeEach(async () => {
    line = await Line.to(stack.port);
    context = await browser.newContext();
    context.setDefaultTimeout(120_000);
  });
  afterEach(async () => {
    await context.close();
    await line.close();
  });

  /** Open a tab with a client whose tokens are in `localStorage`. */
  async function openTab(kind: Kind = "IndexedDB", host = "127.0.0.1"): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`http://${host}:${pages.port}/`);
    await start(page, kind);
    return page;
  }

  async function start(page: Page, kind: Kind = "IndexedDB"): Promise<void> {
    await page.waitForFunction(() => window.sdk !== undefined);
    await page.evaluate(
      ([baseUrl, chosen]) => {
        const { Baton, IndexedDbTokenStore, WebTokenStore } = window.sdk;
        window.tokens = chosen === "IndexedDB" ? new IndexedDbTokenStore() : new WebTokenStore(localStorage);
        const retry = { baseMs: 20, capMs: 100, attempts: 20 };
        window.baton = new Baton({ baseUrl, tokens: window.tokens, retry });
        window.seen = [];
        window.baton.session.on("ended", (reason) => window.seen.push(reason));
      },
      [line.base, kind] as const,
    );
  }

  const signIn = (page: Page, name: string): Promise<unknown> =>
    page.evaluate(([user, password]) => window.baton.session.signIn(user, password), [name, PASSWORD] as const);

  const readMe = (page: Page): Promise<number> =>
    page.evaluate(async () => (await window.baton.api.GET("/v1/me")).status);

  const seen = (page: Page): Promise<unknown[]> => page.evaluate(() => window.seen);

  /** Let the access token of all tabs expire, by their clock. */
  const expire = (page: Page): Promise<void> =>
    page.evaluate(async () => {
      const tokens = await window.tokens.read();
      if (tokens !== null) await window.tokens.write({ ...tokens, expiresAt: Date.now() });
    });

  test("of two tabs one refreshes, though its first answer is lost, and both go on", async () => {
    const [one, other] = [await openTab(), await openTab()];
    await signIn(one, "viewer1");
    expect(await readMe(other)).toBe(200);
    await expire(one);
    let cuts = 1;
    line.cut = (request) => request === REFRESH && cuts-- > 0;
    expect(await Promise.all([readMe(one), readMe(other), readMe(one), readMe(other)])).toEqual([200, 200, 200, 200]);
    expect([line.lost, line.count(REFRESH)]).toEqual([1, 2]);
  });

  test("with localStorage, which a tab may read late, both go on as well", async () => {
    const [one, other] = [await openTab("localStorage"), await openTab("localStorage")];
    await signIn(one, "viewer1");
    await other.waitForFunction(() => localStorage.length > 0);
    for (let round = 0; round < 5; round += 1) {
      await expire(one);
      expect(await Promise.all([readMe(one), readMe(other), readMe(one)])).toEqual([200, 200, 200]);
    }
    expect([await seen(one), await seen(other)]).toEqual([[], []]);
  });

  test("a sign-out in one tab is one event in the other", async () => {
    const [one, other] = [await openTab(), await openTab()];
    await signIn(one, "viewer1");
    await readMe(other);
    await one.evaluate(() => window.baton.session.signOut());
    await other.waitForFunction(() => window.seen.length > 0);
    expect([await seen(one), await seen(other)]).toEqual([["signed_out"], ["signed_out"]]);
    const refused = other.evaluate(() => window.baton.api.GET("/v1/me").catch((error: Error) => error.name));
    expect(await refused).toBe("SessionEndedError");
  });

  test("a reload keeps the session", async () => {
    const tab = await openTab();
    await signIn(tab, "viewer1");
    await tab.reload();
    await start(tab);
    expect(await readMe(tab)).toBe(200);
  });

  test("a page of an insecure origin, without locks and random ids, works as well", async () => {
    const tab = await openTab("localStorage", INSECURE_HOST);
    expect(await tab.evaluate(() => [isSecureContext, "locks" in navigator])).toEqual([false, false]);
    await signIn(tab, "viewer1");
    await expire(tab);
    expect(await readMe(tab)).toBe(200);
    const sent = await tab.evaluate(async () => {
      const outbox = window.baton.outbox();
      const [event] = await outbox.add({ event_type: "tracker_opened", payload: {} });
      return [event?.client_event_id, await outbox.waiting()];
    });
    expect(sent).toEqual([expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/), 1]);
  });

  test("events of two tabs survive a reload and lost answers, and each counts once", async () => {
    const picker = await claimAssignment(stack.base, "PA-CHROMIUM", "picker1");
    const before = await unitsOf(picker);
    const [one, other] = [await openTab(), await openTab()];
    await signIn(one, "picker1");
    line.down = true;
    line.drop();
    for (const tab of [one, other]) await addScans(tab, 60);
    await one.reload();
    await start(one);
    expect(await one.evaluate(() => window.baton.outbox().waiting())).toBe(120);
    let asked = 0;
    line.cut = (request) => {
      if (request === BATCH) asked += 1;
      return request === BATCH && asked % 3 === 0;
    };
    for (const tab of [one, other]) await startSending(tab);
    line.down = false;
    for (const tab of [one, other]) await tab.waitForFunction(() => window.seen.includes("empty"));
    expect(line.lost).toBeGreaterThan(2);
    expect((await unitsOf(picker)) - before).toBe(120);
    expect(await one.evaluate(() => window.baton.outbox().rejected())).toEqual([]);
  });

  function startSending(tab: Page): Promise<void> {
    return tab.evaluate(() => {
      const outbox = window.baton.outbox({ batchSize: 10 });
      outbox.on("waiting", (waiting) => waiting === 0 && window.seen.push("empty"));
      outbox.start();
    });
  }

  function addScans(tab: Page, count: number): Promise<void> {
    return tab.evaluate(
      async ([raw, scans]) => {
        const outbox = window.baton.outbox();
        const payload = { raw, assignment_id: "PA-CHROMIUM", order_id: "PA-CHROMIUM", at: new Date().toISOString() };
        for (let added = 0; added < scans; added += 1) await outbox.add({ event_type: "scan_received", payload });
      },
      [BARCODE, count] as const,
    );
  }

  test("of events of which one cannot be stored, none is stored", async () => {
    const tab = await openTab();
    await signIn(tab, "picker2");
    const result = await tab.evaluate(async () => {
      const outbox = window.baton.outbox();
      const at = new Date().toISOString();
      const scan = (raw: string) =>
        ({ event_type: "scan_received", payload: { raw, assignment_id: "PA-1", order_id: "PA-1", at } }) as const;
      const unreadable = scan((() => "a function") as unknown as string);
      const error = await outbox.add(scan("1"), unreadable).catch((reason: Error) => reason.name);
      return [error, await outbox.waiting()];
    });
    expect(result).toEqual(["DataCloneError", 0]);
  });

  test("what the server refuses is set aside in the browser's store, and can be sent again or given up", async () => {
    const tab = await openTab();
    await signIn(tab, "picker2");
    await addScans(tab, 2);
    const result = await tab.evaluate(async () => {
      const outbox = window.baton.outbox();
      const first = await outbox.send();
      const [one, other] = await outbox.rejected();
      if (one === undefined || other === undefined) throw new Error("two rejected events were expected");
      await outbox.discard(one);
      await outbox.requeue(other);
      return [first.rejected.map((event) => event.rejected), await outbox.waiting(), (await outbox.rejected()).length];
    });
    expect(result).toEqual([["not_your_assignment", "not_your_assignment"], 1, 0]);
  });

  test("a socket loses no event and repeats none while the line is cut and the browser offline", async () => {
    await goOnDuty(stack.base, "courier1");
    const customer = await signedIn(stack.base, "customer1");
    const courier = await signedIn(stack.base, "courier1");
    const reference = courier.socket("courier");
    const all: number[] = [];
    void reference.listen((event) => all.push(event.id));
    const tab = await openTab();
    await signIn(tab, "courier1");
    await tab.evaluate(() => {
      const socket = window.baton.socket("courier", { pingMs: 500, answerMs: 1_000 });
      void socket.listen((event) => window.seen.push(event.id));
      return new Promise<void>((resolve) => socket.on("state", (state) => state === "open" && resolve()));
    });
    for (let round = 0; round < 15; round += 1) {
      if (round % 4 === 1) line.drop();
      await context.setOffline(round % 5 === 3);
      line.silent = round % 7 === 5;
      await orderAndCancel(customer);
    }
    line.silent = false;
    line.drop();
    await context.setOffline(false);
    await tab.waitForFunction((count) => window.seen.length >= count, 30, { polling: 200 });
    reference.close();
    expect(all).toHaveLength(30);
    expect(await seen(tab)).toEqual(all);
  });
});
