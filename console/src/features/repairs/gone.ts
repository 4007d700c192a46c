/** Technicians who are gone: disabled, in another zone, or no technicians any more. Leads take their work back. */

import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useCan } from "~/app/me";
import { READ_TECHNICIANS, type Reached } from "./permissions";
import { techniciansQuery } from "./queries";
import type { WorkOrderState } from "./states";

/** The states in which a technician has the work order. */
const HELD: readonly WorkOrderState[] = ["ASSIGNED", "IN_PROGRESS", "ON_HOLD"];

/**
 * Return a function that tells whether the technician of a work order is gone, for the work orders of a zone or of all.
 * Nobody is where the list of technicians is not whole, or may not be read.
 */
export function useGone(zone: string): (order: Reached) => boolean {
  const enabled = useCan()(READ_TECHNICIANS);
  const { data } = useQuery({ ...techniciansQuery(zone), enabled });
  return useCallback(
    ({ state, technicianId, gameZone }) => {
      if (data === undefined || data.nextCursor !== null) return false;
      if (technicianId === null || !HELD.includes(state)) return false;
      return !data.technicians.some((technician) => technician.id === technicianId && technician.gameZone === gameZone);
    },
    [data],
  );
}
