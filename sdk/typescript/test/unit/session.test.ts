import { expect, test } from "vitest";
import {
  ApiError,
  Baton,
  type EndReason,
  type Locks,
  MemoryTokenStore,
  NetworkError,
  ProcessLocks,
  SessionEndedError,
  type Tokens,
} from "../../src/index.js";
import { Fake, issued, json, lost, refusal, type SentRequest, SharedStore, Tabs } from "../support/fake.js";

const URL = { baseUrl: "http://api.test/api" };

/** Issues tokens with rising numbers, accepts the newest access token, and answers refreshes as the server does. */
class Server {
  number = 0;
  refreshes: string[] = [];
  ended = false;
  accessToken: string | undefined;

  answer = (request: SentRequest): Response => {
    if (request.path === "/api/v1/auth/login") return this.#issue();
    if (request.path === "/api/v1/auth/logout") return new Response(null, { status: 204 });
    if (request.path === "/api/v1/auth/refresh")
      return this.#refresh((request.body as { refreshToken: string }).refreshToken);
    const valid = request.headers.get("Authorization") === `Bearer access-${this.number}` && !this.ended;
    return valid ? json(200, { name: "Noor" }) : refusal(401, "AUTH_EXPIRED");
  };

  #refresh(token: string): Response {
    this.refreshes.push(token);
    if (this.ended) return refusal(401, "AUTH_INVALID");
    if (token === `refresh-${this.number}`) return this.#issue();
    return token === `refresh-${this.number - 1}` ? issued(this.number) : refusal(401, "AUTH_INVALID");
  }

  #issue(): Response {
    this.number += 1;
    return issued(this.number, this.accessToken);
  }
}

/** Open tabs that share tokens, locks and messages, with one person signed in. */
async function openTabs(count: number, locks: Locks = new ProcessLocks()) {
  const server = new Server();
  const store = new SharedStore();
  const channel = new Tabs();
  const ends: EndReason[][] = [];
  const tabs = Array.from({ length: count }, () => {
    const fake = new Fake(locks, channel);
    fake.answer = server.answer;
    const baton = new Baton({ ...URL, tokens: store, environment: fake });
    const seen: EndReason[] = [];
    ends.push(seen);
    baton.session.on("ended", (reason) => seen.push(reason));
    return { fake, baton };
  });
  const first = tabs[0];
  if (first === undefined) throw new Error("no tab");
  await first.baton.session.signIn("courier1", "secret");
  await first.fake.settle();
  return { server, store, tabs, first, ends };
}

test("sign-in keeps the tokens and when they expire", async () => {
  const { first, store } = await openTabs(1);
  expect(store.tokens).toEqual({
    accessToken: "access-1",
    refreshToken: "refresh-1",
    expiresAt: first.fake.time + 3_600_000,
    userId: "user-1",
    mustChangePassword: false,
  });
});

test("a refused sign-in is reported and ends no session", async () => {
  const fake = new Fake();
  fake.answer = () => refusal(401, "AUTH_INVALID");
  const baton = new Baton({ ...URL, environment: fake });
  await expect(baton.session.signIn("courier1", "wrong")).rejects.toMatchObject({ code: "AUTH_INVALID" });
  expect(fake.requests).toHaveLength(1);
});

test("a sign-in without an answer is not repeated by itself", async () => {
  const fake = new Fake();
  fake.answer = lost;
  const baton = new Baton({ ...URL, environment: fake });
  await expect(fake.wait(baton.session.signIn("courier1", "secret"))).rejects.toBeInstanceOf(NetworkError);
  expect(fake.requests).toHaveLength(1);
});

test("a token that is about to expire is renewed before it is used", async () => {
  const { server, first } = await openTabs(1);
  first.fake.time += 3_600_000 - 20_000;
  await first.baton.api.GET("/v1/me");
  expect(server.refreshes).toEqual(["refresh-1"]);
  expect(first.fake.requests.at(-1)?.headers.get("Authorization")).toBe("Bearer access-2");
});

test("ten requests that are refused at once refresh once", async () => {
  const { server, first } = await openTabs(1);
  server.number = 2; // somebody has refreshed already, and the response was lost
  const responses = await Promise.all(Array.from({ length: 10 }, () => first.baton.api.GET("/v1/me")));
  expect(responses).toHaveLength(10);
  expect(server.refreshes).toEqual(["refresh-1"]);
});

test("of two tabs one refreshes even if both access tokens are of the same second and equal", async () => {
  const { server, tabs } = await openTabs(2);
  server.accessToken = "access-of-this-second";
  for (const { fake } of tabs) fake.time += 3_600_000;
  await Promise.all(tabs.map(({ baton }) => baton.session.validTokens()));
  for (const { fake } of tabs) fake.time += 3_600_000;
  await Promise.all(tabs.map(({ baton }) => baton.session.validTokens()));
  expect(server.refreshes).toEqual(["refresh-1", "refresh-2"]);
});

test("of five tabs one refreshes, and the others take its tokens", async () => {
  const { server, tabs } = await openTabs(5);
  for (const { fake } of tabs) fake.time += 3_600_000;
  await Promise.all(tabs.map(({ baton }) => baton.api.GET("/v1/me")));
  expect(server.refreshes).toEqual(["refresh-1"]);
});

test("tabs without common locks still get the same tokens", async () => {
  const separate: Locks = { run: (_, action) => action() };
  const { server, tabs, ends } = await openTabs(2, separate);
  for (const { fake } of tabs) fake.time += 3_600_000;
  await Promise.all(tabs.map(({ baton }) => baton.api.GET("/v1/me")));
  expect(server.refreshes).toEqual(["refresh-1", "refresh-1"]);
  expect(server.number).toBe(2);
  expect(ends).toEqual([[], []]);
});

test("tokens of another tab are used if its refresh made ours too old", async () => {
  const { first, store } = await openTabs(1);
  const newer: Tokens = {
    accessToken: "access-9",
    refreshToken: "refresh-9",
    expiresAt: first.fake.time + 7_200_000,
    userId: "user-1",
    mustChangePassword: false,
  };
  first.fake.time += 3_600_000;
  first.fake.answer = () => {
    store.tokens = newer;
    return refusal(401, "AUTH_INVALID");
  };
  expect(await first.baton.session.validTokens()).toEqual(newer);
});

test("a request of one person is not repeated in the name of another who has signed in meanwhile", async () => {
  const { first, store, server } = await openTabs(1);
  first.fake.answer = (request) => {
    if (store.tokens !== null) store.tokens = { ...store.tokens, userId: "user-2", refreshToken: "theirs" };
    return request.path === "/api/v1/me" ? refusal(401, "AUTH_INVALID") : server.answer(request);
  };
  await expect(first.baton.api.GET("/v1/me")).rejects.toBeInstanceOf(SessionEndedError);
  expect(first.fake.requests.filter(({ path }) => path === "/api/v1/me")).toHaveLength(1);
});

test("a refresh whose response was lost is sent again with the same token", async () => {
  const { server, first } = await openTabs(1);
  first.fake.time += 3_600_000;
  let cut = 2;
  first.fake.answer = (request) => {
    const response = server.answer(request);
    if (request.path.endsWith("/refresh") && cut > 0) {
      cut -= 1;
      lost();
    }
    return response;
  };
  await first.fake.wait(first.baton.api.GET("/v1/me"));
  expect(server.refreshes).toEqual(["refresh-1", "refresh-1", "refresh-1"]);
  expect(server.number).toBe(2);
});

test("new tokens are stored before a request uses them", async () => {
  const { first, store } = await openTabs(1);
  first.fake.time += 3_600_000;
  const stored: (string | undefined)[] = [];
  const { answer } = first.fake;
  first.fake.answer = (request) => {
    if (request.path === "/api/v1/me") stored.push(store.tokens?.refreshToken);
    return answer(request);
  };
  await first.baton.api.GET("/v1/me");
  expect(stored).toEqual(["refresh-2"]);
});

test("an ended session is one event per tab, whatever the number of requests", async () => {
  const { server, tabs, first, ends, store } = await openTabs(2);
  await tabs[1]?.baton.session.current();
  server.ended = true;
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => first.baton.api.GET("/v1/me")));
  await first.fake.settle();
  expect(results.map((result) => (result as PromiseRejectedResult).reason.name)).toEqual(
    Array(5).fill("SessionEndedError"),
  );
  await expect(first.baton.api.GET("/v1/me")).rejects.toBeInstanceOf(SessionEndedError);
  expect(ends).toEqual([["expired"], ["expired"]]);
  expect(store.tokens).toBeNull();
});

test("a refresh that the network prevents does not end the session", async () => {
  const { server, first, ends } = await openTabs(1);
  first.fake.time += 3_600_000;
  first.fake.answer = lost;
  await expect(first.fake.wait(first.baton.api.GET("/v1/me"))).rejects.toBeInstanceOf(NetworkError);
  first.fake.answer = server.answer;
  expect((await first.baton.api.GET("/v1/me")).data).toEqual({ name: "Noor" });
  expect(ends).toEqual([[]]);
});

test("ten requests without a network wait for one attempt to refresh", async () => {
  const { first } = await openTabs(1);
  first.fake.time += 3_600_000;
  first.fake.answer = lost;
  const requests = Array.from({ length: 10 }, () => first.baton.api.GET("/v1/me"));
  const results = await first.fake.wait(Promise.allSettled(requests));
  expect(results.map((result) => result.status)).toEqual(Array(10).fill("rejected"));
  expect(first.fake.requests.filter(({ path }) => path.endsWith("/refresh"))).toHaveLength(5);
});

test("a caller that gives up does not stop the refresh of the others", async () => {
  const { server, first } = await openTabs(1);
  first.fake.time += 3_600_000;
  let release: (response: Response) => void = () => undefined;
  first.fake.answer = (request) =>
    request.path.endsWith("/refresh") ? new Promise((resolve) => (release = resolve)) : server.answer(request);
  const controller = new AbortController();
  const impatient = first.baton.api.GET("/v1/me", { signal: controller.signal });
  const patient = first.baton.api.GET("/v1/me");
  await first.fake.settle();
  controller.abort(new Error("too slow"));
  await expect(impatient).rejects.toThrow("too slow");
  server.number = 2;
  release(issued(2));
  expect((await patient).data).toEqual({ name: "Noor" });
});

test("sign-out tells the server and the other tabs", async () => {
  const { first, tabs, ends, store } = await openTabs(2);
  await tabs[1]?.baton.session.current();
  await first.baton.session.signOut();
  await first.fake.settle();
  expect(first.fake.requests.at(-1)).toMatchObject({
    path: "/api/v1/auth/logout",
    body: { refreshToken: "refresh-1" },
  });
  expect(ends).toEqual([["signed_out"], ["signed_out"]]);
  expect(store.tokens).toBeNull();
  await expect(first.baton.api.GET("/v1/me")).rejects.toBeInstanceOf(SessionEndedError);
});

test("sign-out without a network reports it, and nobody is signed in here any more", async () => {
  const { first, store, ends } = await openTabs(1);
  first.fake.answer = lost;
  await expect(first.fake.wait(first.baton.session.signOut())).rejects.toBeInstanceOf(NetworkError);
  expect(store.tokens).toBeNull();
  expect(ends).toEqual([["signed_out"]]);
});

test("nobody is signed in here any more while the server is being told", async () => {
  const { first, store, ends } = await openTabs(1);
  first.fake.answer = () => null;
  const signedOut = first.baton.session.signOut();
  await first.fake.settle();
  expect(store.tokens).toBeNull();
  expect(ends).toEqual([["signed_out"]]);
  await expect(first.fake.wait(signedOut)).rejects.toBeInstanceOf(NetworkError);
});

test("a page that a hotspot puts in the place of new tokens replaces nothing", async () => {
  const { first, store, ends } = await openTabs(1);
  const before = store.tokens;
  first.fake.time += 3_600_000;
  for (const page of [json(200, {}), json(200, null), new Response("<html>Sign in to the Wi-Fi</html>")]) {
    first.fake.answer = () => page;
    await expect(first.fake.wait(first.baton.api.GET("/v1/me"))).rejects.toBeInstanceOf(NetworkError);
  }
  expect(store.tokens).toEqual(before);
  expect(ends).toEqual([[]]);
});

test("sign-out everywhere ends the other sessions first", async () => {
  const { first } = await openTabs(1);
  await first.baton.signOutEverywhere();
  expect(first.fake.requests.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual([
    "DELETE /api/v1/me/sessions",
    "POST /api/v1/auth/logout",
  ]);
});

test("a sign-in in one tab is known in the others", async () => {
  const { tabs, first } = await openTabs(2);
  const seen: string[] = [];
  tabs[1]?.baton.session.on("signedIn", (tokens) => seen.push(tokens.accessToken));
  await first.baton.session.signIn("courier2", "secret");
  await first.fake.settle();
  expect(seen).toEqual(["access-2"]);
});

test("a one-time password is noted until it is changed", async () => {
  const fake = new Fake();
  const tokens = new MemoryTokenStore();
  const baton = new Baton({ ...URL, tokens, environment: fake });
  fake.answer = async () => json(200, { ...(await issued(1).json()), mustChangePassword: true });
  expect((await baton.session.signIn("new", "one-time")).mustChangePassword).toBe(true);
  fake.answer = () => new Response(null, { status: 204 });
  await baton.changePassword("one-time", "four quiet rivers");
  expect((await baton.session.current())?.mustChangePassword).toBe(false);
});

test("without a session no request is sent", async () => {
  const fake = new Fake();
  const baton = new Baton({ ...URL, environment: fake });
  await expect(baton.api.GET("/v1/me")).rejects.toBeInstanceOf(SessionEndedError);
  expect(fake.requests).toEqual([]);
});

test("a token that is refused although it is new is reported as an error", async () => {
  const { first } = await openTabs(1);
  const { answer } = first.fake;
  first.fake.answer = (request) => (request.path === "/api/v1/me" ? refusal(401, "AUTH_INVALID") : answer(request));
  await expect(first.baton.api.GET("/v1/me")).rejects.toBeInstanceOf(ApiError);
});
