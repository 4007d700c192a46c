/** Sends one request until there is a response, with pauses between the tries. */

import { type Environment, sleep } from "../environment.js";
import { ApiError, errorOf, NetworkError } from "../errors.js";
import { backoff, type RetryPolicy } from "./retry.js";

/** A request that may be sent more than once, so its body is no stream. */
export interface HttpRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string | Blob | FormData;
  signal?: AbortSignal | undefined;
  /** False for a request that must reach the server at most once. */
  repeatable: boolean;
  /** How long one try may take, if not as long as the policy says. */
  timeoutMs?: number | undefined;
}

/** A response whose body has arrived completely. */
export interface HttpResponse {
  status: number;
  headers: Headers;
  body: Blob;
}

/** Statuses that pass by themselves. */
const RETRIED = new Set([429, 502, 503, 504]);

export class Http {
  constructor(
    private readonly environment: Environment,
    readonly policy: RetryPolicy,
  ) {}

  /**
   * Return the response. Raise `ApiError` for an error response, `NetworkError` if no try brought a response, and the
   * signal's reason if it is aborted.
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    for (let failure = 0; ; failure += 1) {
      try {
        return await this.#try(request);
      } catch (error) {
        request.signal?.throwIfAborted();
        const pause = this.#pauseAfter(error, failure, request);
        if (pause === null) throw error;
        await sleep(this.environment, pause, request.signal);
      }
    }
  }

  async #try(request: HttpRequest): Promise<HttpResponse> {
    const attempt = new AbortController();
    const abort = (): void => attempt.abort(request.signal?.reason);
    if (request.signal?.aborted) abort();
    request.signal?.addEventListener("abort", abort, { once: true });
    const cancel = this.environment.schedule(request.timeoutMs ?? this.policy.timeoutMs, () => attempt.abort());
    try {
      return await this.#exchange(request, attempt.signal);
    } finally {
      cancel();
      request.signal?.removeEventListener("abort", abort);
    }
  }

  async #exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { method, headers } = request;
    const body = request.body === undefined ? {} : { body: request.body };
    let response: Response;
    let content: Blob;
    try {
      response = await this.environment.fetch(request.url, { method, headers, signal, credentials: "omit", ...body });
      content = await response.blob();
    } catch (cause) {
      throw new NetworkError(`No response from ${method} ${new URL(request.url, "http://localhost").pathname}`, {
        cause,
      });
    }
    if (!response.ok) throw errorOf(response.status, response.headers, await content.text());
    return { status: response.status, headers: response.headers, body: content };
  }

  /** Return the pause before the next try, or null if the request must not be sent again. */
  #pauseAfter(error: unknown, failure: number, request: HttpRequest): number | null {
    const last = failure + 1 >= this.policy.attempts;
    if (last || !mayRepeat(error, request.repeatable)) return null;
    const wished = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    if (wished > this.policy.maxRetryAfterMs) return null;
    return wished + backoff(this.policy, failure, this.environment.random());
  }
}

function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (error instanceof NetworkError) return repeatable;
  if (!(error instanceof ApiError) || !RETRIED.has(error.status)) return false;
  // After 429 and Baton's 503 nothing was done. What a gateway answers by itself says nothing about that.
  return repeatable || error.status === 429 || error.code === "SERVICE_UNAVAILABLE";
}
