import { ApiError, NetworkError, SessionEndedError } from "@baton/client";
import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { isTransient } from "./errors";

/** Boards show a change within this time. */
export const LIVE_MS = 3_000;

/** Options for a query whose data changes while somebody looks: it is read every three seconds while the page is visible. */
export const live = {
  refetchInterval: LIVE_MS,
  refetchIntervalInBackground: false,
  staleTime: LIVE_MS,
} as const;

/** Whether to send a failed request once more: only what may pass by itself, and three times at most. */
export function mayRetry(failures: number, error: unknown): boolean {
  return failures < 3 && isTransient(error);
}

/** Return the pause before the next try; the server's wish counts. */
export function retryDelay(failures: number, error: unknown): number {
  const wished = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(wished, Math.min(500 * 2 ** failures, 8_000));
}

export function isSessionEnd(error: unknown): boolean {
  return error instanceof SessionEndedError;
}

export function isOffline(error: unknown): boolean {
  return error instanceof NetworkError;
}

export interface CommandOptions<Input, Output> {
  /** Sends the request with the given header, so that it has one effect however often it is sent. */
  send: (input: Input, headers: { "Idempotency-Key": string }) => Promise<Output>;
  /** The queries that the change makes outdated. */
  invalidates?: readonly QueryKey[];
  onSuccess?: (output: Output, input: Input) => void;
}

/**
 * Return a mutation that is sent again after a lost connection, with the same `Idempotency-Key`: also when the person
 * presses the button once more with the same input. While the browser is offline it waits. A refusal is not repeated.
 */
export function useCommand<Output, Input = void>(
  options: CommandOptions<Input, Output>,
): UseMutationResult<Output, Error, Input> {
  const client = useQueryClient();
  const pending = useRef<{ input: string; key: string } | null>(null);
  return useMutation<Output, Error, Input>({
    mutationFn: (input) => {
      const text = JSON.stringify(input ?? null);
      if (pending.current?.input !== text) pending.current = { input: text, key: crypto.randomUUID() };
      return options.send(input, { "Idempotency-Key": pending.current.key });
    },
    retry: mayRetry,
    retryDelay,
    onSuccess: async (output, input) => {
      pending.current = null;
      options.onSuccess?.(output, input);
      await Promise.all((options.invalidates ?? []).map((queryKey) => client.invalidateQueries({ queryKey })));
    },
    onError: (error) => {
      // After a refusal nothing was done, so the next try is another request.
      if (!isTransient(error)) pending.current = null;
    },
  });
}
