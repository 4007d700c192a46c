import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";

export type Session = Schema<"SessionView">;

export const keys = { sessions: ["account", "sessions"] as const };

export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/me/sessions", { signal }))).data,
  ...live,
});

export function endSession(sessionId: string, header: { "Idempotency-Key": string }): Promise<unknown> {
  return dataOf(api.DELETE("/v1/me/sessions/{session_id}", { params: { path: { session_id: sessionId }, header } }));
}

export function endOtherSessions(header: { "Idempotency-Key": string }): Promise<unknown> {
  return dataOf(api.DELETE("/v1/me/sessions", { params: { header } }));
}
