/** The filters of the board. The API filters by zone; the others are applied to what is loaded. */

import type { Technician, WorkOrder } from "./queries";
import { texts } from "./texts";

export interface OrderFilter {
  zone: string;
  technician: string;
  priority: string;
}

export interface Option {
  value: string;
  label: string;
}

/** The value of the filter for orders that nobody has. */
export const NOBODY = "none";

export function matches(order: WorkOrder, { technician, priority }: Readonly<OrderFilter>): boolean {
  if (priority !== "" && order.priority !== priority) return false;
  if (technician === "") return true;
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
  return [{ value: NOBODY, label: texts.filters.nobody }, ...people];
}
