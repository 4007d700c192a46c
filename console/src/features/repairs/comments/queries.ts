import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { keys } from "../queries";

export const COMMENT = "maintenance.comment.create";

export type Comment = Schema<"CommentView">;
export type Mention = Schema<"MentionView">;

const PAGE = 50;

/** All comments on a work order, page by page, newest first. */
export function commentsQuery(orderId: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.orders, "comments", orderId],
    queryFn: ({ pageParam, signal }) => {
      const params = {
        path: { work_order_id: orderId },
        query: { order: "newest", limit: PAGE, cursor: pageParam } as const,
      };
      return dataOf(api.GET("/v1/work-orders/{work_order_id}/comments", { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    ...live,
  });
}

/** The people who can be mentioned, by a part of their name. */
export function peopleQuery(orderId: string, search: string) {
  return queryOptions({
    queryKey: [...keys.all, "people", orderId, search],
    queryFn: ({ signal }) => {
      const params = { path: { work_order_id: orderId }, query: { search: search || undefined } };
      return dataOf(api.GET("/v1/work-orders/{work_order_id}/people", { params, signal }));
    },
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });
}

export function addComment(orderId: string, body: Schema<"AddComment">, header: { "Idempotency-Key": string }) {
  const params = { path: { work_order_id: orderId }, header };
  return dataOf(api.POST("/v1/work-orders/{work_order_id}/comments", { params, body }));
}
