import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { operations, Schema } from "~/api/schema";

export type WorkOrder = Schema<"WorkOrderSummary">;
export type WorkOrderDetail = Schema<"WorkOrderDetail">;
export type WorkOrderPage = Schema<"WorkOrderPage">;
export type Technician = Schema<"TechnicianView">;
export type Checklist = Schema<"ChecklistView">;
export type Photo = Schema<"PhotoView">;
export type OwnFilter = NonNullable<NonNullable<operations["list_my_work_orders"]["parameters"]["query"]>["state"]>;

const PAGE = 100;
const OWN_PAGE = 30;

/** The keys of everything that this feature reads. */
export const keys = {
  all: ["repairs"] as const,
  orders: ["repairs", "orders"] as const,
  technicians: ["repairs", "technicians"] as const,
  checklists: ["repairs", "checklists"] as const,
};

/** The open work orders of a zone, or of all that the person may see; soonest due first. */
export function openQuery(zone: string) {
  return infiniteQueryOptions({
    queryKey: [...keys.orders, "open", zone],
    queryFn: ({ pageParam, signal }) => {
      const query = { zone: zone || undefined, limit: PAGE, cursor: pageParam };
      return dataOf(api.GET("/v1/work-orders", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    ...live,
  });
}

/** The finished work orders that were due latest, among which are those that were finished today. */
export function doneQuery(zone: string) {
  return queryOptions({
    queryKey: [...keys.orders, "done", zone],
    queryFn: ({ signal }) => {
      const query = { zone: zone || undefined, state: "done", order: "latest", limit: PAGE } as const;
      return dataOf(api.GET("/v1/work-orders", { params: { query }, signal }));
    },
    ...live,
  });
}

function readOrder(orderId: string, signal: AbortSignal): Promise<WorkOrderDetail> {
  const params = { path: { work_order_id: orderId } };
  return dataOf(api.GET("/v1/work-orders/{work_order_id}", { params, signal }));
}

export function orderQuery(orderId: string) {
  return queryOptions({
    queryKey: [...keys.orders, "one", orderId],
    queryFn: ({ signal }) => readOrder(orderId, signal),
    ...live,
  });
}

/** The first hundred technicians of a zone, or of all that the person may see. */
export function techniciansQuery(zone: string) {
  return queryOptions({
    queryKey: [...keys.technicians, zone],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/v1/technicians", { params: { query: { zone: zone || undefined, limit: PAGE } }, signal })),
    ...live,
  });
}

export function checklistQuery(ref: string) {
  return queryOptions({
    queryKey: [...keys.checklists, ref],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/v1/checklists/{checklist_ref}", { params: { path: { checklist_ref: ref } }, signal })),
    staleTime: 5_000,
    retry: false,
  });
}

export const dashboardQuery = queryOptions({
  queryKey: [...keys.orders, "dashboard"],
  queryFn: ({ signal }) => dataOf(api.GET("/v1/me/dashboard", { signal })),
  ...live,
});

/** The person's own work orders: the open ones, or those of a filter; finished ones latest due first. */
export function ownQuery(filter: OwnFilter | "") {
  return infiniteQueryOptions({
    queryKey: [...keys.orders, "own", filter],
    queryFn: ({ pageParam, signal }) => {
      const order = filter === "done" ? ("latest" as const) : undefined;
      const query = { state: filter || undefined, order, limit: OWN_PAGE, cursor: pageParam };
      return dataOf(api.GET("/v1/me/work-orders", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    ...live,
  });
}

export function ordersOf(page: WorkOrderPage): readonly WorkOrder[] {
  return page.workOrders;
}
