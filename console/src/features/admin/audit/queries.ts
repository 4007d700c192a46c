import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { LIVE_MS } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { keys } from "../queries";

export type AuditRow = Schema<"AuditRowView">;
export type AuditPage = Schema<"AuditPage">;

export interface AuditFilter {
  entityId: string;
  actorId: string;
  from: string;
  to: string;
}

const PAGE = 50;

export function auditQuery({ entityId, actorId, from, to }: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: [...keys.audit, { entityId, actorId, from, to }],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        entityId: entityId || undefined,
        actorId: actorId || undefined,
        from: from || undefined,
        to: to || undefined,
        limit: PAGE,
        cursor: pageParam,
      };
      return dataOf(api.GET("/v1/audit", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
    // Whoever reads older rows is not disturbed by new ones, and several pages are not read again every few seconds.
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? LIVE_MS : false),
    staleTime: LIVE_MS,
  });
}

/** Return a name for a row that stays when newer rows come. */
export function rowIdOf({ request_id, entity_id, action_type, timestamp }: AuditRow): string {
  return [request_id, entity_id, action_type, timestamp].join(" ");
}
