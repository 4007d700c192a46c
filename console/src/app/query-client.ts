import { ApiError } from "@baton/client";
import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { isSessionEnd, mayRetry, retryDelay } from "~/api/queries";
import { mustChangePassword } from "./session";

/** Return the cache of everything that was read from the server. */
export function createConsoleClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: noticed }),
    mutationCache: new MutationCache({ onError: noticed }),
    defaultOptions: {
      queries: { retry: mayRetry, retryDelay, staleTime: 10_000, gcTime: 5 * 60_000 },
      mutations: { retry: mayRetry, retryDelay },
    },
  });

  /** A refusal may mean that the person's permissions have changed, so they are read again. */
  function noticed(error: Error): void {
    if (error instanceof ApiError && error.status === 403)
      void client.invalidateQueries({ queryKey: ["me"], exact: true });
  }

  return client;
}

/** Whether an error means that the person has to sign in or to change the password first. */
export function needsSignIn(error: unknown): boolean {
  return isSessionEnd(error);
}

export function needsNewPassword(error: unknown): boolean {
  return mustChangePassword() || (error instanceof ApiError && error.code === "PASSWORD_CHANGE_REQUIRED");
}
