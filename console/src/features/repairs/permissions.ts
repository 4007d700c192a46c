import { useCallback } from "react";
import { useMe } from "~/app/me";

export const LIST = "maintenance.workorder.list";
export const CREATE = "maintenance.workorder.create";
export const ASSIGN = "maintenance.workorder.assign";
export const OUTSOURCE = "maintenance.workorder.outsource";
export const START = "maintenance.workorder.start";
export const FINISH = "maintenance.workorder.finish";
export const RETURN = "maintenance.workorder.return";
export const UPLOAD = "maintenance.photo.upload";
export const DASHBOARD = "maintenance.dashboard.read";
export const READ_TECHNICIANS = "maintenance.technician.read";

interface Reached {
  gameZone: string;
  technicianId: string | null;
}

/** Return a function that tells whether the person's permission reaches a work order. It only hides what the server refuses. */
export function useReach(): (code: string, order: Reached) => boolean {
  const { permissions, user, gameZone } = useMe();
  return useCallback(
    (code, order) => {
      const scope = permissions.find((permission) => permission.code === code)?.scope;
      if (scope === undefined) return false;
      if (scope === "org") return true;
      if (order.gameZone !== gameZone) return false;
      return scope === "zone" || order.technicianId === user.id;
    },
    [permissions, user.id, gameZone],
  );
}
