import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { ApiError, NetworkError } from "./errors";
import { mayRetry, retryDelay, useCommand } from "./queries";

function error(status: number, retryAfterMs: number | null = null): ApiError {
  return new ApiError(status, "CODE", "Message.", {}, {}, null, retryAfterMs);
}

function wrapper({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>;
}

test("only what may pass by itself is tried again", () => {
  expect([503, 429, 504].map((status) => mayRetry(0, error(status)))).toEqual([true, true, true]);
  expect([400, 403, 404, 409, 422, 500].some((status) => mayRetry(0, error(status)))).toBe(false);
  expect(mayRetry(3, new NetworkError("lost"))).toBe(false);
});

test("the server's wish for a pause counts", () => {
  expect(retryDelay(0, error(429, 5_000))).toBe(5_000);
  expect(retryDelay(2, error(503))).toBe(2_000);
});

test("pressing the button again after a lost connection sends the same key, and another input another one", async () => {
  const keys: string[] = [];
  const outcomes = [error(503, 0), error(503, 0), error(503, 0), error(503, 0), null, null];
  const { result } = renderHook(
    () =>
      useCommand<string, { id: number }>({
        send: async (_, headers) => {
          keys.push(headers["Idempotency-Key"]);
          const outcome = outcomes.shift();
          if (outcome) throw outcome;
          return "done";
        },
      }),
    { wrapper },
  );
  await act(() => result.current.mutateAsync({ id: 1 }).catch(() => undefined));
  await act(() => result.current.mutateAsync({ id: 1 }));
  await act(() => result.current.mutateAsync({ id: 2 }));
  expect(new Set(keys.slice(0, 5)).size).toBe(1);
  expect(keys[5]).not.toBe(keys[0]);
});

test("a refusal is not repeated, and the next try is another request", async () => {
  const keys: string[] = [];
  const { result } = renderHook(
    () =>
      useCommand<string>({
        send: async (_, headers) => {
          keys.push(headers["Idempotency-Key"]);
          throw error(409);
        },
      }),
    { wrapper },
  );
  await act(() => result.current.mutateAsync().catch(() => undefined));
  await act(() => result.current.mutateAsync().catch(() => undefined));
  expect(new Set(keys).size).toBe(2);
});
