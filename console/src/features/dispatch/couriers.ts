/** Couriers as the map and its list show them. */

import { shortId } from "~/components/copyable";
import type { States } from "~/components/status-badge";
import type { Courier } from "./queries";
import { texts } from "./texts";

/** What a courier does; `stale` is on duty without a position of the last five minutes. */
export type CourierState = "free" | "busy" | "stale" | "off";

export const COURIER_STATES: States<CourierState> = {
  free: { label: texts.couriers.states.free, tone: "good" },
  busy: { label: texts.couriers.states.busy, tone: "active" },
  stale: { label: texts.couriers.states.stale, tone: "warning" },
  off: { label: texts.couriers.states.off, tone: "neutral" },
};

export const COURIER_STATE_NAMES = Object.keys(COURIER_STATES) as readonly CourierState[];

const STALE_MS = 5 * 60_000;

export function courierState(courier: Courier, now: Date): CourierState {
  if (courier.status === "off") return "off";
  return now.getTime() - positionTime(courier) <= STALE_MS ? courier.status : "stale";
}

/** A courier who has not changed is the same object after each read, so the time of a position is parsed once. */
const times = new WeakMap<Courier, number>();

function positionTime(courier: Courier): number {
  const known = times.get(courier);
  if (known !== undefined) return known;
  const time = Date.parse(courier.position_at ?? "");
  times.set(courier, time);
  return time;
}

export function courierName({ id, name }: Courier): string {
  return name ?? shortId(id);
}

/** Return how many couriers are in each state. */
export function countStates(states: readonly CourierState[]): Readonly<Record<CourierState, number>> {
  const counts = { free: 0, busy: 0, stale: 0, off: 0 };
  for (const state of states) counts[state] += 1;
  return counts;
}

const EARTH_KM = 6_371;

/** Return the distance of two positions in kilometres, along the surface. */
export function distanceKm([lat1, lng1]: readonly [number, number], [lat2, lng2]: readonly [number, number]): number {
  const [a, b] = [radians(lat1), radians(lat2)];
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(lng2 - lng1) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
