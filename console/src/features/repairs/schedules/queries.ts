import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";

export type Schedule = Schema<"ScheduleView">;
export type SchedulePage = Schema<"SchedulePage">;
export type Occurrence = Schema<"ScheduleOccurrence">;

type Key = { "Idempotency-Key": string };

const PAGE = 50;
const STALE_MS = 30_000;

export const keys = { schedules: ["repairs", "schedules"] as const };

export const schedulesQuery = infiniteQueryOptions({
  queryKey: [...keys.schedules, "list"],
  queryFn: ({ pageParam, signal }) =>
    dataOf(api.GET("/v1/schedules", { params: { query: { limit: PAGE, cursor: pageParam } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor,
  staleTime: STALE_MS,
});

export function scheduleQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.schedules, "one", id],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/v1/schedules/{schedule_id}", { params: { path: { schedule_id: id } }, signal })),
    staleTime: STALE_MS,
  });
}

/** The coming occurrences of a schedule. */
export function previewQuery(id: string, count: number) {
  return queryOptions({
    queryKey: [...keys.schedules, "preview", id, count],
    queryFn: ({ signal }) => {
      const params = { path: { schedule_id: id }, query: { count } };
      return dataOf(api.GET("/v1/schedules/{schedule_id}/preview", { params, signal }));
    },
    staleTime: STALE_MS,
  });
}

export function createSchedule(body: Schema<"CreateSchedule">, header: Key) {
  return dataOf(api.POST("/v1/schedules", { params: { header }, body }));
}

export interface Change {
  id: string;
  version: number;
  body: Schema<"ScheduleChange">;
}

export function changeSchedule({ id, version, body }: Change, key: Key) {
  const params = { path: { schedule_id: id }, header: { ...key, "If-Match": `"${version}"` } };
  return dataOf(api.PATCH("/v1/schedules/{schedule_id}", { params, body }));
}

export function deleteSchedule({ id, version }: Pick<Schedule, "id" | "version">, key: Key) {
  const params = { path: { schedule_id: id }, header: { ...key, "If-Match": `"${version}"` } };
  return dataOf(api.DELETE("/v1/schedules/{schedule_id}", { params }));
}

export function schedulesOf(page: SchedulePage): readonly Schedule[] {
  return page.schedules;
}
