import { beforeEach, expect, test } from "vitest";
import { refusal, stubApi } from "../../tests/support/render";
import { api, dataOf, forgetResponses, tokens } from "./client";
import { currentConnection } from "./connection";
import { ApiError, NetworkError } from "./errors";

beforeEach(() => {
  forgetResponses();
  const expiresAt = Date.now() + 3_600_000;
  tokens.write({ accessToken: "old", refreshToken: "refresh-1", expiresAt, userId: "u", mustChangePassword: false });
});

const SESSIONS = { success: true, data: [] };

test("a request carries the access token, and no cookies", async () => {
  const requests = stubApi({ "GET /v1/me/sessions": () => SESSIONS });
  await dataOf(api.GET("/v1/me/sessions"));
  expect(requests[0]?.headers.get("Authorization")).toBe("Bearer old");
});

test("an expired access token is renewed once, and the request sent again", async () => {
  const tried: (string | null)[] = [];
  stubApi({
    "GET /v1/me/sessions": (request) => {
      tried.push(request.headers.get("Authorization"));
      return tried.length === 1 ? refusal(401, "AUTH_EXPIRED", "Expired.") : SESSIONS;
    },
    "POST /v1/auth/refresh": () => ({
      accessToken: "new",
      refreshToken: "refresh-2",
      expiresIn: 3600,
      userId: "u",
      mustChangePassword: false,
    }),
  });
  expect(await dataOf(api.GET("/v1/me/sessions"))).toEqual(SESSIONS);
  expect(tried).toEqual(["Bearer old", "Bearer new"]);
});

test("the access token is kept in memory only", () => {
  expect(JSON.stringify({ ...window.sessionStorage })).not.toContain("old");
  expect(window.sessionStorage.getItem("baton.session")).toContain("refresh-1");
});

test("an unchanged response is not sent a second time", async () => {
  const requests = stubApi({
    "GET /v1/me/sessions": (request) =>
      request.headers.get("If-None-Match") === '"7"'
        ? new Response(null, { status: 304 })
        : Response.json(SESSIONS, { headers: { ETag: '"7"' } }),
  });
  await dataOf(api.GET("/v1/me/sessions"));
  expect(await dataOf(api.GET("/v1/me/sessions"))).toEqual(SESSIONS);
  expect(requests).toHaveLength(2);
});

test("an error carries its code, its fields and the request", async () => {
  stubApi({ "GET /v1/me/sessions": () => refusal(422, "VALIDATION_ERROR", "Invalid input.", { page: "unknown" }) });
  const error = await dataOf(api.GET("/v1/me/sessions")).catch((raised: unknown) => raised);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 422,
    code: "VALIDATION_ERROR",
    fields: { page: "unknown" },
    requestId: "request-1",
  });
});

test("a lost connection is told from a refusal", async () => {
  stubApi({
    "GET /v1/me/sessions": () => {
      throw new TypeError("Failed to fetch");
    },
  });
  await expect(dataOf(api.GET("/v1/me/sessions"))).rejects.toBeInstanceOf(NetworkError);
});

test("a response that was on its way when the connection was lost does not say that it is back", async () => {
  stubApi({
    "GET /v1/me/sessions": () => {
      window.dispatchEvent(new Event("offline"));
      return SESSIONS;
    },
    "GET /v1/me": () => ({}),
  });
  await dataOf(api.GET("/v1/me/sessions"));
  expect(currentConnection()).toBe("offline");
  await dataOf(api.GET("/v1/me"));
  expect(currentConnection()).toBe("online");
});
