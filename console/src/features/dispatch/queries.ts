import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import type { OrderState } from "./states";

export type Order = Schema<"OrderView">;
export type OrderPage = Schema<"OrderPage">;
export type Courier = Schema<"CourierView">;

export interface OrderFilter {
  status: string;
  courier: string;
  from: string;
  to: string;
}

const PAGE = 50;

/** The keys of everything that this feature reads: `invalidates: [keys.orders]`. */
export const keys = {
  orders: ["dispatch", "orders"] as const,
  couriers: ["dispatch", "couriers"] as const,
};

export function ordersQuery({ status, courier, from, to }: OrderFilter) {
  return infiniteQueryOptions({
    queryKey: [...keys.orders, "list", { status, courier, from, to }],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        status: (status || undefined) as OrderState | undefined,
        courier_id: courier || undefined,
        from: from || undefined,
        to: to || undefined,
        limit: PAGE,
        cursor: pageParam,
      };
      return dataOf(api.GET("/v1/orders", { params: { query }, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    ...live,
  });
}

export function orderQuery(orderId: string) {
  return queryOptions({
    queryKey: [...keys.orders, "one", orderId],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/v1/orders/{order_id}", { params: { path: { order_id: orderId } }, signal })),
    ...live,
  });
}

export function timelineQuery(orderId: string) {
  return queryOptions({
    queryKey: [...keys.orders, "timeline", orderId],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET("/v1/orders/{order_id}/timeline", {
          params: { path: { order_id: orderId }, query: { limit: 100 } },
          signal,
        }),
      ),
    ...live,
  });
}

/** Photos come while the courier has the order; afterwards they are read again for their addresses, which expire. */
const PHOTOS_MS = 10 * 60_000;

export function photosQuery({ id, status }: Order) {
  return queryOptions({
    queryKey: [...keys.orders, "photos", id],
    queryFn: async ({ signal }) => {
      const params = { path: { order_id: id } };
      return (await dataOf(api.GET("/v1/orders/{order_id}/photos", { params, signal }))).photos;
    },
    ...live,
    ...(status === "picked_up" ? {} : { refetchInterval: PHOTOS_MS }),
  });
}

/** The first hundred couriers, for names and for the filter. */
export const couriersQuery = queryOptions({
  queryKey: keys.couriers,
  queryFn: ({ signal }) => dataOf(api.GET("/v1/couriers", { params: { query: { limit: 100 } }, signal })),
  staleTime: 60_000,
});
