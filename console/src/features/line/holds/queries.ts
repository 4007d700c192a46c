import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { LIVE_MS, live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { States } from "~/components/status-badge";
import { exactOf } from "../exact";
import { keys, PAGE_SIZE } from "../queries";
import { texts } from "./texts";

export type Hold = Schema<"HoldView">;
export type HoldKind = Hold["kind"];
type HoldStatus = Hold["status"];

export const HOLD_KINDS: readonly HoldKind[] = ["LOT", "SERIAL", "BATCH"];

export const HOLD_STATES: States<HoldStatus> = {
  OPEN: { label: texts.states.OPEN, tone: "warning" },
  RELEASED: { label: texts.states.RELEASED, tone: "good" },
};

/** The filters as they stand in the address; empty where nothing is chosen. */
interface HoldFilter {
  status: string;
  kind: string;
  value: string;
}

export function holdsQuery({ status, kind, value }: HoldFilter) {
  const filter = {
    status: (status || undefined) as HoldStatus | undefined,
    kind: (kind || undefined) as HoldKind | undefined,
    value: value || undefined,
    limit: PAGE_SIZE,
  };
  return infiniteQueryOptions({
    queryKey: [...keys.all, "holds", filter],
    queryFn: ({ pageParam, signal }) => {
      const query = { ...filter, cursor: pageParam };
      return dataOf(api.GET("/v1/holds", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
    // Whoever reads older rows is not disturbed by new ones.
    refetchInterval: (query) => (query.state.data?.pages.length === 1 ? LIVE_MS : false),
    staleTime: LIVE_MS,
  });
}

/** The packs that were quarantined and not decided on since. */
export function quarantineQuery(page: number) {
  const query = { disposition: "QUARANTINE" as const, status: "READY_FOR_EOL" as const, page, pageSize: PAGE_SIZE };
  return queryOptions({
    queryKey: [...keys.packs, "quarantine", page],
    queryFn: ({ signal }) =>
      exactOf<"list_packs">(api.GET("/v1/packs", { params: { query }, signal, parseAs: "text" })),
    ...live,
    placeholderData: keepPreviousData,
  });
}
