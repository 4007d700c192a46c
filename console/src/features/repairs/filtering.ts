/** The filters of the board. The API filters by zone; the others are applied to what is loaded. */

import { type Urgency, urgencyOf } from "./due";
import type { Technician, WorkOrder } from "./queries";
import { texts } from "./texts";

export interface OrderFilter {
  zone: string;
  technician: string;
  priority: string;
  due: string;
}

export interface Option {
  value: string;
  label: string;
}

/** The values of the filter for orders that nobody has, and for those of technicians who are gone. */
export const NOBODY = "none";
export const GONE = "gone";

export const DUE_OPTIONS: readonly (Option & { value: Urgency })[] = [
  { value: "overdue", label: texts.filters.overdue },
  { value: "soon", label: texts.filters.soon },
];

interface Present {
  isGone: (order: WorkOrder) => boolean;
  now: Date;
}

export function matches(order: WorkOrder, filter: Readonly<OrderFilter>, { isGone, now }: Present): boolean {
  const { technician, priority, due } = filter;
  if (priority !== "" && order.priority !== priority) return false;
  if (due !== "" && urgencyOf(order, now) !== due) return false;
  if (technician === "") return true;
  if (technician === GONE) return isGone(order);
  return technician === NOBODY ? order.technicianId === null : order.technicianId === technician;
}

/** Return the zones of the orders and technicians that were read. */
export function zoneOptions(
  orders: readonly WorkOrder[],
  technicians: readonly Technician[],
  chosen: string,
): readonly Option[] {
  const zones = new Set([
    ...orders.map(({ gameZone }) => gameZone),
    ...technicians.flatMap(({ gameZone }) => gameZone ?? []),
    ...(chosen === "" ? [] : [chosen]),
  ]);
  return [...zones].sort().map((zone) => ({ value: zone, label: zone }));
}

/** Return the technicians of the zone, and those who have orders though they are not listed any more. */
export function technicianOptions(
  orders: readonly WorkOrder[],
  technicians: readonly Technician[],
  { zone }: Readonly<OrderFilter>,
): readonly Option[] {
  const names = new Map<string, string>();
  for (const { id, name, gameZone } of technicians) if (zone === "" || gameZone === zone) names.set(id, name);
  for (const { technicianId, technician } of orders)
    if (technicianId !== null) names.set(technicianId, technician ?? "");
  const people = [...names].map(([value, label]) => ({ value, label }));
  people.sort((a, b) => a.label.localeCompare(b.label));
  return [{ value: NOBODY, label: texts.filters.nobody }, { value: GONE, label: texts.filters.gone }, ...people];
}
