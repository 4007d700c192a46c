import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useNow } from "~/components/date-time";
import { countStates, courierState } from "./couriers";
import { fleetQuery, mapOrdersQuery, nearQuery } from "./fleet-queries";
import { courierPoints, orderLines, orderPoints } from "./map-shapes";
import type { Courier, Order } from "./queries";
import type { OrderState } from "./states";

const NO_COURIERS: readonly Courier[] = [];
const NO_ORDERS: readonly Order[] = [];

export type MapFilter = Readonly<Record<"status" | "courier" | "state" | "q" | "near", string>>;

/** Return what the map and its lists show. What has not changed since the last read is the same object. */
export function useMapData({ status, courier, state, near }: MapFilter) {
  const fleet = useQuery(fleetQuery);
  const ordersRead = useQuery(mapOrdersQuery(status as OrderState | "", courier));
  const nearRead = useQuery(nearQuery(near));
  const now = useNow();
  const couriers = fleet.data ?? NO_COURIERS;
  const orders = ordersRead.data ?? NO_ORDERS;

  const byId = useMemo(() => new Map(couriers.map((one) => [one.id, one])), [couriers]);
  const counts = useMemo(() => countStates(couriers, now), [couriers, now]);
  const shown = useMemo(
    () => (state === "" ? couriers : couriers.filter((one) => courierState(one, now) === state)),
    [couriers, state, now],
  );
  const points = useMemo(() => [...courierPoints(shown, now), ...orderPoints(orders)], [shown, orders, now]);
  const lines = useMemo(() => orderLines(orders, (id) => byId.get(id)), [orders, byId]);
  const listed = near === "" ? { query: fleet, rows: shown } : { query: nearRead, rows: nearRead.data ?? NO_COURIERS };
  return { fleet, ordersRead, couriers, orders, byId, counts, points, lines, listed };
}
