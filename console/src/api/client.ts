/** The only way to the server: a session, and typed requests that are sent in it. */

import { Baton, NetworkError, type Tokens } from "@baton/client";
import createClient from "openapi-fetch";
import { connectionLosses, setConnection } from "./connection";
import { errorOf } from "./errors";
import { EtagCache } from "./etags";
import type { paths } from "./schema";
import { TabTokenStore } from "./tokens";

/** Where the API is: at the origin of the page. */
export const BASE_URL = "/api";

export const tokens = new TabTokenStore(window.sessionStorage);

/** Sign-in, sign-out and sockets. */
export const baton = new Baton({ baseUrl: BASE_URL, tokens, retry: { attempts: 2 } });

const etags = new EtagCache();

/** Typed requests by path: `api.GET("/v1/orders", { params: { query }, signal })`. Use `dataOf` for the body. */
export const api = createClient<paths>({ baseUrl: `${window.location.origin}${BASE_URL}`, fetch: sendAuthorized });

/** Return the body of a successful response. Raise `ApiError`, `NetworkError` or `SessionEndedError`. */
export async function dataOf<T>(request: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data } = await request;
  return data as T;
}

/** Forget everything that was read from the server. */
export function forgetResponses(): void {
  etags.clear();
}

async function sendAuthorized(request: Request): Promise<Response> {
  const etag = request.method === "GET" ? etags.etagOf(request.url) : null;
  if (etag !== null) request.headers.set("If-None-Match", etag);
  const current = await baton.session.validTokens(request.signal);
  let response = await send(request.clone(), current);
  if (response.status === 401) response = await send(request, await baton.session.renew(current, request.signal));
  if (!response.ok && response.status !== 304) throw await errorOf(response);
  return request.method === "GET" ? await etags.resolve(request.url, response) : response;
}

async function send(request: Request, { accessToken }: Tokens): Promise<Response> {
  request.headers.set("Authorization", `Bearer ${accessToken}`);
  const losses = connectionLosses();
  try {
    const response = await fetch(request, { credentials: "omit" });
    if (losses === connectionLosses()) setConnection("online");
    return response;
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    setConnection("offline");
    throw new NetworkError("The server cannot be reached.", { cause });
  }
}
