import { describe, expect, test } from "vitest";
import { backoff } from "../../src/http/retry.js";
import { ApiError, Baton, NetworkError } from "../../src/index.js";
import { type Answer, Fake, issued, json, lost, refusal } from "../support/fake.js";

async function signedIn(answers: Answer[]): Promise<{ fake: Fake; baton: Baton }> {
  const fake = new Fake();
  const baton = new Baton({ baseUrl: "http://api.test/api", environment: fake });
  fake.answer = () => issued(1);
  await baton.session.signIn("courier1", "secret");
  fake.requests.length = 0;
  fake.answer = (request) => (answers.shift() ?? (() => json(200, { done: true })))(request);
  return { fake, baton };
}

const ORDER = { pickup_address: "Dam 1", dropoff_address: "Prinsengracht 263", receiver_phone: "+31201234567" };

describe("retries", () => {
  test("a change whose response was lost is sent again with the same key", async () => {
    const { fake, baton } = await signedIn([lost, () => new Response("{", { status: 502 }), lost]);
    await fake.wait(baton.api.POST("/v1/orders", { body: ORDER }));
    const keys = fake.requests.map((request) => request.headers.get("Idempotency-Key"));
    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(fake.requests[3]?.body).toEqual(ORDER);
  });

  test("two changes have two keys, and a given key is used as it is", async () => {
    const { fake, baton } = await signedIn([]);
    await baton.api.POST("/v1/orders", { body: ORDER });
    await baton.api.POST("/v1/orders", { body: ORDER });
    await baton.api.POST("/v1/orders", { body: ORDER, params: { header: { "Idempotency-Key": "mine" } } });
    const keys = fake.requests.map((request) => request.headers.get("Idempotency-Key"));
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe("mine");
  });

  test("a request that is not to be repeated is given up after a lost response, and repeated after 429", async () => {
    const { fake, baton } = await signedIn([() => refusal(429, "RATE_LIMITED"), lost]);
    const request = baton.api.POST("/v1/api-keys", { body: { name: "line", role: "VIEW_ONLY" }, retry: false });
    await expect(fake.wait(request)).rejects.toBeInstanceOf(NetworkError);
    expect(fake.requests).toHaveLength(2);
  });

  test("a read has no key", async () => {
    const { fake, baton } = await signedIn([]);
    await baton.api.GET("/v1/me");
    expect(fake.requests[0]?.headers.has("Idempotency-Key")).toBe(false);
  });

  test("Retry-After is obeyed, and a pause is added so that clients spread", async () => {
    const { fake, baton } = await signedIn([() => refusal(429, "RATE_LIMITED", { "Retry-After": "7" })]);
    const before = fake.time;
    await fake.wait(baton.api.GET("/v1/me"));
    expect(fake.time - before).toBe(7_000 + 300);
  });

  test("a Retry-After of an hour is reported instead of waited for", async () => {
    const { fake, baton } = await signedIn([() => refusal(429, "RATE_LIMITED", { "Retry-After": "3600" })]);
    const error = await fake.wait(baton.api.GET("/v1/me")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "ApiError", status: 429, retryAfterMs: 3_600_000 });
    expect(fake.requests).toHaveLength(1);
  });

  test("a server that is unavailable is asked five times", async () => {
    const { fake, baton } = await signedIn([]);
    fake.answer = () => refusal(503, "SERVICE_UNAVAILABLE", { "Retry-After": "1" });
    await expect(fake.wait(baton.api.GET("/v1/me"))).rejects.toBeInstanceOf(ApiError);
    expect(fake.requests).toHaveLength(5);
  });

  test("a try without an answer counts as lost after its timeout", async () => {
    const { fake, baton } = await signedIn([() => null]);
    const before = fake.time;
    await fake.wait(baton.api.GET("/v1/me"));
    expect(fake.time - before).toBe(30_000 + 300);
  });

  test("a try may be given more time", async () => {
    const { fake, baton } = await signedIn([() => null]);
    const before = fake.time;
    await fake.wait(baton.api.GET("/v1/me", { timeoutMs: 120_000 }));
    expect(fake.time - before).toBe(120_000 + 300);
  });

  test("a response that breaks off is a lost one", async () => {
    const broken = (): Response =>
      new Response(new ReadableStream({ pull: (controller) => controller.error(new TypeError("terminated")) }));
    const { fake, baton } = await signedIn([broken]);
    await fake.wait(baton.api.GET("/v1/me"));
    expect(fake.requests).toHaveLength(2);
  });

  test("errors about the request are not tried again", async () => {
    for (const [status, code] of [
      [400, "MALFORMED_JSON"],
      [403, "ACCESS_DENIED"],
      [409, "VERSION_CONFLICT"],
      [422, "VALIDATION_ERROR"],
      [500, "INTERNAL_ERROR"],
    ] as const) {
      const { fake, baton } = await signedIn([() => refusal(status, code)]);
      await expect(fake.wait(baton.api.GET("/v1/me"))).rejects.toMatchObject({ status, code });
      expect(fake.requests).toHaveLength(1);
    }
  });

  test("without any network the last error is reported", async () => {
    const { fake, baton } = await signedIn([]);
    fake.answer = lost;
    await expect(fake.wait(baton.api.GET("/v1/me"))).rejects.toBeInstanceOf(NetworkError);
  });

  test("an aborted request is given up during a pause", async () => {
    const { fake, baton } = await signedIn([]);
    fake.answer = lost;
    const controller = new AbortController();
    const request = baton.api.GET("/v1/me", { signal: controller.signal });
    await fake.settle();
    controller.abort(new Error("not needed any more"));
    await expect(request).rejects.toThrow("not needed any more");
    expect(fake.requests).toHaveLength(1);
  });

  test("an aborted request is given up while it waits for the server", async () => {
    const { fake, baton } = await signedIn([() => null]);
    const controller = new AbortController();
    const request = baton.api.GET("/v1/me", { signal: controller.signal });
    await fake.settle();
    controller.abort(new Error("not needed any more"));
    await expect(request).rejects.toThrow("not needed any more");
  });

  test("pauses double up to a limit and differ between clients", () => {
    const policy = { baseMs: 400, capMs: 20_000 };
    expect([0, 1, 2, 10, 5000].map((failure) => backoff(policy, failure, 0.999999))).toEqual([
      400, 800, 1600, 20_000, 20_000,
    ]);
    expect(backoff(policy, 0, 0)).toBe(200);
  });
});

describe("requests", () => {
  test("values in paths and queries are encoded", async () => {
    const { fake, baton } = await signedIn([]);
    await baton.api.GET("/shipping/scanner/pack/lookup/{barcode}", { params: { path: { barcode: "(01)9/5 2" } } });
    await baton.api.GET("/v1/orders/{order_id}/timeline", {
      params: { path: { order_id: "o 1" }, query: { limit: 5, cursor: "a&b" } },
    });
    expect(fake.requests.map((request) => request.path)).toEqual([
      "/api/shipping/scanner/pack/lookup/(01)9%2F5%202",
      "/api/v1/orders/o%201/timeline?limit=5&cursor=a%26b",
    ]);
  });

  test("an empty value in a path would name another path, so it is refused", async () => {
    const { baton } = await signedIn([]);
    const request = baton.api.GET("/v1/orders/{order_id}", { params: { path: { order_id: "" } } });
    await expect(request).rejects.toThrow("order_id");
  });

  test("a response tells its version and whether it is a replay", async () => {
    const headers = { ETag: '"7"', "Idempotent-Replayed": "true" };
    const { baton } = await signedIn([() => json(200, { id: 1 }, headers), () => json(200, {}, { ETag: 'W/"8"' })]);
    expect(await baton.api.POST("/v1/orders", { body: ORDER })).toMatchObject({ version: 7, replayed: true });
    expect(await baton.api.GET("/v1/me")).toMatchObject({ version: 8, replayed: false, status: 200 });
  });

  test("a response without content has no data", async () => {
    const { baton } = await signedIn([() => new Response(null, { status: 204 })]);
    expect((await baton.api.DELETE("/v1/me/sessions")).data).toBeUndefined();
  });

  test("an error has code, details and the message of each field", async () => {
    const body = {
      success: false,
      error: { code: "VALIDATION_ERROR", message: "Invalid input.", details: { limit: 5 } },
      fields: { receiver_phone: "must be a telephone number" },
    };
    const { baton } = await signedIn([() => json(422, body, { "X-Request-Id": "r-1" })]);
    const error = await baton.api.POST("/v1/orders", { body: ORDER }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "VALIDATION_ERROR", message: "Invalid input.", details: { limit: 5 } });
    expect(error).toMatchObject({ fields: body.fields, requestId: "r-1", retryAfterMs: null });
  });

  test("an error page of a gateway has a code of its own", async () => {
    const { fake, baton } = await signedIn([]);
    fake.answer = () => new Response("<html>Bad gateway</html>", { status: 502 });
    await expect(fake.wait(baton.api.GET("/v1/me"))).rejects.toMatchObject({ code: "HTTP_502", fields: {} });
  });
});
