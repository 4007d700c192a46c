import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";

export type Notice = Schema<"NoticeView">;
type Key = { "Idempotency-Key": string };

export const keys = { all: ["notices"] as const };

const UNREAD_MS = 10_000;

/** The number of unread notifications; the list itself is read when it is opened. */
export const unreadQuery = queryOptions({
  queryKey: [...keys.all, "unread"],
  queryFn: async ({ signal }) => {
    const query = { unread: true, limit: 1 };
    return (await dataOf(api.GET("/v1/me/notifications", { params: { query }, signal }))).unread;
  },
  refetchInterval: UNREAD_MS,
  staleTime: UNREAD_MS,
});

export const noticesQuery = infiniteQueryOptions({
  queryKey: [...keys.all, "list"],
  queryFn: ({ pageParam, signal }) =>
    dataOf(api.GET("/v1/me/notifications", { params: { query: { limit: 20, cursor: pageParam } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor,
  ...live,
});

export function markRead(noticeId: string, header: Key): Promise<unknown> {
  const params = { path: { notice_id: noticeId }, header };
  return dataOf(api.POST("/v1/me/notifications/{notice_id}/read", { params }));
}

export function markAllRead(header: Key): Promise<unknown> {
  return dataOf(api.POST("/v1/me/notifications/read-all", { params: { header } }));
}
