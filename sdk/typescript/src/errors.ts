import type { components } from "./generated/openapi.js";

/** The codes of this version of the API. A newer server may send others. */
export type ErrorCode = components["schemas"]["ErrorCode"];

/** A response that is an error. `code` and `details` are for programs, `message` for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: ErrorCode | (string & {}),
    message: string,
    readonly details: Readonly<Record<string, unknown>>,
    /** Messages by field; empty unless the input was invalid. */
    readonly fields: Readonly<Record<string, string>>,
    /** Names the request in the server's log; null if the response did not come from Baton. */
    readonly requestId: string | null,
    /** How long to wait before the next try; null if the server did not say. */
    readonly retryAfterMs: number | null,
  ) {
    super(message);
  }
}

/** No complete response arrived: no connection, a lost one, or a timeout. Whether the server did the work is unknown. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** Nobody is signed in any more. The person has to sign in. */
export class SessionEndedError extends Error {
  override readonly name = "SessionEndedError";

  constructor(message = "Nobody is signed in.") {
    super(message);
  }
}

/** Return the error in a response of Baton, or of a gateway in front of it. */
export function errorOf(status: number, headers: Headers, text: string): ApiError {
  const body = objectOf(parsed(text));
  const error = objectOf(body.error);
  return new ApiError(
    status,
    typeof error.code === "string" ? error.code : `HTTP_${status}`,
    typeof error.message === "string" ? error.message : `The server responded with status ${status}.`,
    objectOf(error.details),
    textsOf(objectOf(body.fields)),
    headers.get("X-Request-Id"),
    retryAfter(headers.get("Retry-After")),
  );
}

function retryAfter(header: string | null): number | null {
  const seconds = header === null || header.trim() === "" ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function textsOf(value: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(value).map(([name, message]) => [name, String(message)]));
}
