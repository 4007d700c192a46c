/** What the map of dispatch reads: all couriers, all open orders, and the free couriers near a place. */

import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import { type Courier, keys, type Order } from "./queries";
import { isWaiting, type OrderState } from "./states";

const COURIERS_PAGE = 1_000;
const ORDERS_PAGE = 100;
const HOUR_MS = 3_600_000;
/** No more pages than this are read, in case a list grows while it is read. */
const MOST_PAGES = { couriers: 50, orders: 10 } as const;

/** The states of orders that somebody has to carry or to decide about, by urgency: those without a courier first. */
export const OPEN_STATES: readonly OrderState[] = [
  "no_nearby_driver",
  "undeliverable",
  "assigned",
  "accepted",
  "arrived",
  "picked_up",
  "scheduled",
];

/** All couriers. A page that has not changed is answered by 304. */
export const fleetQuery = queryOptions({
  queryKey: [...keys.couriers, "all"],
  queryFn: ({ signal }) =>
    allPages<Courier>(MOST_PAGES.couriers, async (cursor) => {
      const query = { limit: COURIERS_PAGE, cursor };
      const page = await dataOf(api.GET("/v1/couriers", { params: { query }, signal }));
      return { rows: page.couriers, next: page.next_cursor };
    }),
  ...live,
});

/** The orders in one state, or the open ones by urgency: those that wait for a courier, then the others; the oldest first, up to 1,000 of each state. */
export function mapOrdersQuery(status: OrderState | "", courierId: string) {
  const states = status === "" ? OPEN_STATES : [status];
  return queryOptions({
    queryKey: [...keys.orders, "map", { states, courierId }],
    queryFn: async ({ signal }) => {
      const lists = await Promise.all(states.map((state) => ordersIn(state, courierId, signal)));
      return lists.flatMap((orders) => orders.toSorted(waitingFirst));
    },
    ...live,
  });
}

/** Of orders without a courier, those for which one is still looked for come before those that were given up. */
function waitingFirst(a: Order, b: Order): number {
  const givenUp = Number(!isWaiting(a)) - Number(!isWaiting(b));
  return givenUp || (a.created_at < b.created_at ? -1 : 1);
}

function ordersIn(status: OrderState, courierId: string, signal: AbortSignal): Promise<readonly Order[]> {
  return allPages<Order>(MOST_PAGES.orders, async (cursor) => {
    const from = status === "no_nearby_driver" ? recently() : undefined;
    const query = { status, courier_id: courierId || undefined, from, limit: ORDERS_PAGE, cursor };
    const page = await dataOf(api.GET("/v1/orders", { params: { query }, signal }));
    return { rows: page.orders, next: page.next_cursor };
  });
}

/** Orders that nobody took long ago are history. By the hour, so that an unchanged list is answered by 304. */
function recently(): string {
  return new Date(Math.floor(Date.now() / HOUR_MS - 24) * HOUR_MS).toISOString();
}

/** The free couriers near a position (`latitude,longitude`), the nearest first. */
export function nearQuery(near: string) {
  return queryOptions({
    queryKey: [...keys.couriers, "near", near],
    queryFn: async ({ signal }) => {
      const { couriers } = await dataOf(api.GET("/v1/couriers", { params: { query: { near } }, signal }));
      return couriers;
    },
    enabled: near !== "",
    ...live,
  });
}

/** Couriers on duty without an order, in no order that means anything. */
export const freeQuery = queryOptions({
  queryKey: [...keys.couriers, "free"],
  queryFn: async ({ signal }) => {
    const query = { status: "free", limit: COURIERS_PAGE } as const;
    return (await dataOf(api.GET("/v1/couriers", { params: { query }, signal }))).couriers;
  },
  ...live,
});

interface Page<Row> {
  rows: readonly Row[];
  next: string | undefined;
}

async function allPages<Row>(most: number, read: (cursor?: string) => Promise<Page<Row>>): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < most; page += 1) {
    const { rows: more, next } = await read(cursor);
    rows.push(...more);
    if (next === undefined) break;
    cursor = next;
  }
  return rows;
}
