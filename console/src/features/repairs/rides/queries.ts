import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { keys } from "../queries";

export type Ride = Schema<"RideView">;
export type RidePage = Schema<"RidePage">;
export type ChecklistSummary = Schema<"ChecklistSummary">;
export type ChecklistPage = Schema<"ChecklistPage">;

const PAGE = 50;
const STALE_MS = 60_000;

/** The rides of a zone, or of all that the person may see. */
export function ridesQuery(zone: string) {
  return infiniteQueryOptions({
    queryKey: ["repairs", "rides", zone],
    queryFn: ({ pageParam, signal }) => {
      const query = { zone: zone || undefined, limit: PAGE, cursor: pageParam };
      return dataOf(api.GET("/v1/rides", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: STALE_MS,
  });
}

/** All work orders of a ride, newest first. */
export function rideOrdersQuery(code: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.orders, "ride", code],
    queryFn: ({ pageParam, signal }) => {
      const params = { path: { ride_code: code }, query: { limit: PAGE, cursor: pageParam } };
      return dataOf(api.GET("/v1/rides/{ride_code}/work-orders", { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    ...live,
  });
}

/** The checklists of a ride, or of all that the person may see. */
export function checklistsQuery(ride: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.checklists, "list", ride],
    queryFn: ({ pageParam, signal }) => {
      const query = { ride: ride || undefined, limit: PAGE, cursor: pageParam };
      return dataOf(api.GET("/v1/checklists", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    ...live,
  });
}

export function ridesOf(page: RidePage): readonly Ride[] {
  return page.rides;
}

export function checklistsOf(page: ChecklistPage): readonly ChecklistSummary[] {
  return page.checklists;
}
