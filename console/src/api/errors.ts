import { ApiError, NetworkError } from "@baton/client";

export { ApiError, NetworkError, SessionEndedError } from "@baton/client";

/** Return the error that a response of the API, or of a gateway in front of it, describes. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = await bodyOf(response);
  const error = recordOf(body.error);
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return new ApiError(
    response.status,
    typeof error.code === "string" ? error.code : `HTTP_${response.status}`,
    typeof error.message === "string" ? error.message : `The server responded with status ${response.status}.`,
    recordOf(error.details),
    Object.fromEntries(Object.entries(recordOf(body.fields)).map(([name, message]) => [name, String(message)])),
    response.headers.get("X-Request-Id"),
    Number.isFinite(seconds) ? seconds * 1000 : null,
  );
}

/** Whether the same request may succeed later, so that it is worth trying again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof ApiError && [429, 502, 503, 504].includes(error.status);
}

/** Return the messages by field, for the inputs of a form; empty if the error is not about fields. */
export function fieldErrors(error: unknown): Readonly<Record<string, string>> {
  return error instanceof ApiError ? error.fields : {};
}

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  try {
    return recordOf(await response.json());
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
