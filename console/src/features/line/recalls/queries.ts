import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { LIVE_MS, live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { keys, type LineFilter, PAGE_SIZE } from "../queries";
import type { RecallState } from "./states";

export type Recall = Schema<"RecallView">;
export type RecallDetail = Schema<"RecallDetail">;
export type Unit = Schema<"RecalledUnitView">;
export type UnitsPage = Schema<"RecalledUnitViewCursorEnvelope">;

/** The key of everything about recall cases. */
export const recallKeys = [...keys.all, "recalls"] as const;

type Answer = Promise<{ data?: UnitsPage; response: Response }>;

const UNITS = 100;
/** The most that one page of units holds. */
const LARGEST_PAGE = 1000;

export function recallsQuery({ status, q }: LineFilter, page: number) {
  const query = {
    status: (status || undefined) as RecallState | undefined,
    q: q || undefined,
    page,
    pageSize: PAGE_SIZE,
  };
  return queryOptions({
    queryKey: [...recallKeys, "list", query],
    queryFn: ({ signal }) => dataOf(api.GET("/v1/recalls", { params: { query }, signal })),
    ...live,
    placeholderData: keepPreviousData,
  });
}

export function recallQuery(id: string) {
  return queryOptions({
    queryKey: [...recallKeys, "one", id],
    queryFn: async ({ signal }) => {
      const params = { path: { recall_id: id } };
      return (await dataOf(api.GET("/v1/recalls/{recall_id}", { params, signal }))).data;
    },
    ...live,
  });
}

/** The units of a case. They are read again and again only while they are being collected. */
export function unitsQuery(id: string, isCollecting: boolean) {
  return infiniteQueryOptions({
    queryKey: [...recallKeys, "units", id],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { recall_id: id }, query: { limit: UNITS, cursor: pageParam } };
      return dataOf<UnitsPage>(api.GET("/v1/recalls/{recall_id}/units", { params, signal }) as Answer);
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
    refetchInterval: isCollecting ? LIVE_MS : false,
    staleTime: LIVE_MS,
  });
}

/** Read all units of a case as CSV: all pages, with the names of the columns once. */
export async function readUnitsCsv(id: string): Promise<Blob> {
  const parts: string[] = [];
  let cursor: string | undefined;
  do {
    const { data, response } = await api.GET("/v1/recalls/{recall_id}/units", {
      params: { path: { recall_id: id }, query: { limit: LARGEST_PAGE, cursor } },
      headers: { Accept: "text/csv" },
      parseAs: "text",
    });
    const page = String(data);
    parts.push(parts.length === 0 ? page : page.slice(page.indexOf("\n") + 1));
    cursor = nextCursor(response.headers.get("Link"));
  } while (cursor !== undefined);
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}

/** Return the cursor of the page that a `Link` header names. */
export function nextCursor(link: string | null): string | undefined {
  const address = /^<[^?>]*\?([^>]*)>; rel="next"$/.exec(link ?? "");
  return new URLSearchParams(address?.[1]).get("cursor") ?? undefined;
}
