import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { useNow } from "~/components/date-time";
import type { MapPoint } from "~/components/map";
import { type CourierState, countStates, courierState } from "./couriers";
import { fleetQuery, mapOrdersQuery, nearQuery } from "./fleet-queries";
import { courierPoints, orderLines, orderPoints } from "./map-shapes";
import type { Courier, Order } from "./queries";
import type { OrderState } from "./states";

const NO_COURIERS: readonly Courier[] = [];
const NO_ORDERS: readonly Order[] = [];
const NO_POINTS: readonly MapPoint[] = [];

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
  const states = useStates(couriers, now);
  const counts = useMemo(() => countStates(states), [states]);
  const shown = useMemo(
    () => (state === "" ? couriers : couriers.filter((_, index) => states[index] === state)),
    [couriers, states, state],
  );
  // The map begins with a view of all points, so it waits for both.
  const pending = fleet.isPending || ordersRead.isPending;
  const points = useMemo(
    () => (pending ? NO_POINTS : [...courierPoints(couriers, states, state), ...orderPoints(orders)]),
    [pending, couriers, states, state, orders],
  );
  const lines = useMemo(() => orderLines(orders, (id) => byId.get(id)), [orders, byId]);
  const listed = near === "" ? { query: fleet, rows: shown } : { query: nearRead, rows: nearRead.data ?? NO_COURIERS };
  return { fleet, ordersRead, couriers, orders, byId, counts, points, lines, listed };
}

/** Return the couriers' states in the order of the list: the same array as long as none has changed. */
function useStates(couriers: readonly Courier[], now: Date): readonly CourierState[] {
  const last = useRef<readonly CourierState[]>([]);
  return useMemo(() => {
    const states = couriers.map((courier) => courierState(courier, now));
    const isSame =
      states.length === last.current.length && states.every((state, index) => state === last.current[index]);
    if (!isSame) last.current = states;
    return last.current;
  }, [couriers, now]);
}
