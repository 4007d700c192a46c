import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { LIVE_MS, live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { type Exact, exactOf } from "./exact";
import type { BatchState, ModuleState, PackState, SkuState } from "./states";

export type Sku = Exact<Schema<"SkuView">>;
export type SkuSpec = Exact<Schema<"SkuSpec">>;
export type Batch = Exact<Schema<"BatchView">>;
export type BatchDetail = Exact<Schema<"BatchDetail">>;
export type Module = Exact<Schema<"ModuleView">>;
export type ModuleDetail = Exact<Schema<"ModuleDetail">>;
export type Pack = Exact<Schema<"PackView">>;
export type PackDetail = Exact<Schema<"PackDetail">>;
export type Decision = Exact<Schema<"DecisionView">>;

/** The keys of everything that this feature reads. */
export const keys = {
  all: ["line"] as const,
  skus: ["line", "skus"] as const,
  batches: ["line", "batches"] as const,
  modules: ["line", "modules"] as const,
  packs: ["line", "packs"] as const,
};

/** The filters of a list, as they stand in the address; empty where nothing is chosen. */
export interface LineFilter {
  status?: string;
  skuId?: string;
  batchId?: string;
  q?: string;
}

export const PAGE_SIZE = 50;

/** The most that one page of the API holds. */
const LARGEST_PAGE = 100;

function listParams<State extends string>(filter: LineFilter, page: number, pageSize = PAGE_SIZE) {
  return {
    status: (filter.status || undefined) as State | undefined,
    skuId: filter.skuId || undefined,
    batchId: filter.batchId || undefined,
    q: filter.q || undefined,
    page,
    pageSize,
  };
}

const listed = { ...live, placeholderData: keepPreviousData } as const;

export function packsQuery(filter: LineFilter, page: number) {
  const query = listParams<PackState>(filter, page);
  return queryOptions({
    queryKey: [...keys.packs, "list", query],
    queryFn: ({ signal }) =>
      exactOf<"list_packs">(api.GET("/v1/packs", { params: { query }, signal, parseAs: "text" })),
    ...listed,
  });
}

/** `free` leaves the sealed modules in no pack. */
export function modulesQuery(filter: LineFilter & { free?: boolean }, page: number) {
  const query = { ...listParams<ModuleState>(filter, page), free: filter.free };
  return queryOptions({
    queryKey: [...keys.modules, "list", query],
    queryFn: ({ signal }) =>
      exactOf<"list_modules">(api.GET("/v1/modules", { params: { query }, signal, parseAs: "text" })),
    ...listed,
  });
}

export function batchesQuery(filter: LineFilter, page: number, pageSize = PAGE_SIZE) {
  const { batchId: _, ...query } = listParams<BatchState>(filter, page, pageSize);
  return queryOptions({
    queryKey: [...keys.batches, "list", query],
    queryFn: ({ signal }) =>
      exactOf<"list_batches">(api.GET("/v1/batches", { params: { query }, signal, parseAs: "text" })),
    ...listed,
  });
}

export function skusQuery(filter: LineFilter, page: number, pageSize = PAGE_SIZE) {
  const { batchId: _, skuId: __, ...query } = listParams<SkuState>(filter, page, pageSize);
  return queryOptions({
    queryKey: [...keys.skus, "list", query],
    queryFn: ({ signal }) => exactOf<"list_skus">(api.GET("/v1/skus", { params: { query }, signal, parseAs: "text" })),
    ...listed,
  });
}

/** The newest hundred SKUs and batches, for filters. */
export const skuChoicesQuery = { ...skusQuery({}, 1, LARGEST_PAGE), refetchInterval: 30_000, staleTime: 30_000 };
export const batchChoicesQuery = { ...batchesQuery({}, 1, LARGEST_PAGE), refetchInterval: 30_000, staleTime: 30_000 };

export function packQuery(packId: string) {
  return queryOptions({
    queryKey: [...keys.packs, "one", packId],
    queryFn: async ({ signal }) => {
      const params = { path: { pack_id: packId } };
      return (await exactOf<"get_pack">(api.GET("/v1/packs/{pack_id}", { params, signal, parseAs: "text" }))).data;
    },
    ...live,
  });
}

export function moduleQuery(moduleId: string) {
  return queryOptions({
    queryKey: [...keys.modules, "one", moduleId],
    queryFn: async ({ signal }) => {
      const params = { path: { module_id: moduleId } };
      return (await exactOf<"get_module">(api.GET("/v1/modules/{module_id}", { params, signal, parseAs: "text" })))
        .data;
    },
    ...live,
  });
}

export function batchQuery(batchId: string) {
  return queryOptions({
    queryKey: [...keys.batches, "one", batchId],
    queryFn: async ({ signal }) => {
      const params = { path: { batch_id: batchId } };
      return (await exactOf<"get_batch">(api.GET("/v1/batches/{batch_id}", { params, signal, parseAs: "text" }))).data;
    },
    ...live,
  });
}

export function skuQuery(skuId: string) {
  return queryOptions({
    queryKey: [...keys.skus, "one", skuId],
    queryFn: async ({ signal }) => {
      const params = { path: { sku_id: skuId } };
      return (await exactOf<"get_sku">(api.GET("/v1/skus/{sku_id}", { params, signal, parseAs: "text" }))).data;
    },
    ...live,
  });
}

const TRACED = 500;

export function traceQuery(serial: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.all, "trace", serial],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { serial }, query: { limit: TRACED, cursor: pageParam } };
      return dataOf(api.GET("/v1/trace/{serial}", { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
    // A long trace is not read again and again.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : LIVE_MS),
    staleTime: LIVE_MS,
  });
}

export function affectedQuery(lot: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.all, "affected", lot],
    queryFn: ({ pageParam, signal }) => readAffected(lot, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
    ...live,
  });
}

export function readAffected(
  lot: string,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<Schema<"AffectedPage">> {
  const query = { cellLot: lot, limit: LARGEST_PAGE, cursor };
  return dataOf(api.GET("/v1/trace/affected", { params: { query }, ...(signal === undefined ? {} : { signal }) }));
}
