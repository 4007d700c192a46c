/** How often and after which pauses something is tried again. */
export interface RetryPolicy {
  /** All tries, the first included. */
  attempts: number;
  /** The longest pause after the first failure; it doubles with each further one. */
  baseMs: number;
  /** The longest pause of all. */
  capMs: number;
  /** A try that takes longer counts as a lost connection. */
  timeoutMs: number;
  /** If the server asks for a longer pause (`Retry-After`), the error is reported instead. */
  maxRetryAfterMs: number;
}

export const DEFAULT_POLICY: RetryPolicy = {
  attempts: 5,
  baseMs: 400,
  capMs: 20_000,
  timeoutMs: 30_000,
  maxRetryAfterMs: 60_000,
};

/** Return the pause after a failure (0 is the first), between half and all of the limit, so that clients spread. */
export function backoff(policy: Pick<RetryPolicy, "baseMs" | "capMs">, failure: number, random: number): number {
  const limit = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(failure, 30));
  return Math.round(limit / 2 + (limit / 2) * random);
}
