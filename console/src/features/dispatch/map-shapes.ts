/** The points and lines of the map of dispatch. */

import type { MapLine, MapPoint } from "~/components/map";
import { COURIER_STATES, type CourierState, courierName } from "./couriers";
import type { Courier, Order } from "./queries";
import { texts } from "./texts";

type Position = readonly [latitude: number, longitude: number];

/** What is selected on the map or in its list, as it stands in the address: `courier:` or `order:` with an id. */
export type Selection = { kind: "courier" | "order"; id: string } | null;

export function selectionOf(text: string | null): Selection {
  const [kind, id] = splitOnce(text ?? "");
  return (kind === "courier" || kind === "order") && id !== "" ? { kind, id } : null;
}

/** Return the selection that a point of the map stands for, as text. */
export function selectedByPoint(pointId: string): string {
  const [kind, id] = splitOnce(pointId);
  return `${kind === "courier" ? "courier" : "order"}:${id}`;
}

/** Return the id of the point that shows a selection. */
export function pointOf(selection: Selection): string | null {
  if (selection === null) return null;
  return `${selection.kind === "courier" ? "courier" : "pickup"}:${selection.id}`;
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.indexOf(":");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Those who matter most are drawn last, above the others. */
const LAYERS: readonly CourierState[] = ["off", "stale", "busy", "free"];

/** Return the points of couriers whose states stand at the same places of a list, or of those in one state. */
export function courierPoints(
  couriers: readonly Courier[],
  states: readonly CourierState[],
  only: string,
): readonly MapPoint[] {
  const layers = new Map<CourierState, MapPoint[]>(LAYERS.map((state) => [state, []]));
  for (const [index, courier] of couriers.entries()) {
    const [position, state] = [positionOf(courier), states[index] ?? "off"];
    if (position === null || (only !== "" && only !== state)) continue;
    const { label, tone } = COURIER_STATES[state];
    layers.get(state)?.push({
      id: `courier:${courier.id}`,
      latitude: position[0],
      longitude: position[1],
      tone,
      label: `${courierName(courier)} · ${label}`,
    });
  }
  return [...layers.values()].flat();
}

export function orderPoints(orders: readonly Order[]): readonly MapPoint[] {
  return orders.flatMap((order) => [
    ...place(`pickup:${order.id}`, "info", texts.map.pickupAt(order.pickup_address), pickupOf(order)),
    ...place(`dropoff:${order.id}`, "neutral", texts.map.dropoffAt(order.dropoff_address), dropoffOf(order)),
  ]);
}

/** For orders under way: from the courier to where the courier goes, and from the pickup to the drop-off. */
export function orderLines(
  orders: readonly Order[],
  courierOf: (id: string) => Courier | undefined,
): readonly MapLine[] {
  return orders.flatMap((order) => {
    const [pickup, dropoff] = [pickupOf(order), dropoffOf(order)];
    const courier = positionOf(courierOf(order.assigned_courier ?? ""));
    const goal = order.status === "picked_up" ? dropoff : order.status === "accepted" ? pickup : null;
    return [
      ...(order.status === "picked_up" ? [] : line(`way:${order.id}`, "neutral", pickup, dropoff)),
      ...line(`leg:${order.id}`, "active", courier, goal),
    ];
  });
}

export function positionOf(courier: Courier | undefined): Position | null {
  return pair(courier?.latitude, courier?.longitude);
}

export function pickupOf(order: Order): Position | null {
  return pair(order.pickup_lat, order.pickup_lng);
}

export function dropoffOf(order: Order): Position | null {
  return pair(order.dropoff_lat, order.dropoff_lng);
}

function pair(latitude: number | null | undefined, longitude: number | null | undefined): Position | null {
  return typeof latitude === "number" && typeof longitude === "number" ? [latitude, longitude] : null;
}

function place(id: string, tone: MapPoint["tone"], label: string, position: Position | null): readonly MapPoint[] {
  if (position === null) return [];
  return [{ id, tone, label, shape: "ring", latitude: position[0], longitude: position[1] }];
}

function line(id: string, tone: MapLine["tone"], from: Position | null, to: Position | null): readonly MapLine[] {
  return from === null || to === null ? [] : [{ id, tone, positions: [from, to] }];
}
