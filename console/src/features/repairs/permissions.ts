import { useCallback } from "react";
import { useMe } from "~/app/me";
import type { WorkOrderState } from "./states";

export const LIST = "maintenance.workorder.list";
export const READ = "maintenance.workorder.read";
export const CREATE = "maintenance.workorder.create";
export const ASSIGN = "maintenance.workorder.assign";
export const OUTSOURCE = "maintenance.workorder.outsource";
export const START = "maintenance.workorder.start";
export const FINISH = "maintenance.workorder.finish";
export const RETURN = "maintenance.workorder.return";
export const HOLD = "maintenance.workorder.hold";
export const CANCEL = "maintenance.workorder.cancel";
export const EDIT = "maintenance.workorder.edit";
export const REOPEN = "maintenance.workorder.reopen";
export const UPLOAD = "maintenance.photo.upload";
export const DELETE_PHOTO = "maintenance.photo.delete";
export const DASHBOARD = "maintenance.dashboard.read";
export const READ_SCHEDULES = "maintenance.schedule.read";
export const MANAGE_SCHEDULES = "maintenance.schedule.manage";
export const READ_REPORTS = "maintenance.report.read";
export const READ_TECHNICIANS = "maintenance.technician.read";
export const READ_CHECKLISTS = "maintenance.checklist.read";
export const READ_RIDES = "maintenance.ride.read";

/** What permissions depend on. */
export interface Reached {
  state: WorkOrderState;
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

/** Return a function that tells whether the person may return a work order: leads of a zone only for those who are gone or on hold. */
export function useMayReturn(): (order: Reached, holderIsGone: boolean) => boolean {
  const { permissions, user } = useMe();
  const reaches = useReach();
  const isLead = permissions.some(({ code, scope }) => code === RETURN && scope === "zone");
  return useCallback(
    (order, holderIsGone) =>
      reaches(RETURN, order) &&
      (!isLead || holderIsGone || order.state === "ON_HOLD" || order.technicianId === user.id),
    [reaches, isLead, user.id],
  );
}

/** Return a function that tells whether the person may add photos of the issue. */
export function useMayShowIssue(): (order: Reached) => boolean {
  const reaches = useReach();
  return useCallback((order) => isOpen(order.state) && reaches(UPLOAD, order), [reaches]);
}

/** Return whether a work order is neither done nor cancelled. */
export function isOpen(state: WorkOrderState): boolean {
  return state !== "DONE" && state !== "CANCELLED";
}

/** Return a function that tells whether the person may add photos of the finished work: leads for vendors. */
export function useMayProve(): (order: Reached) => boolean {
  const { permissions, user } = useMe();
  const reaches = useReach();
  const isLead = permissions.some(({ code, scope }) => code === UPLOAD && scope === "zone");
  return useCallback(
    (order) => {
      if (!isOpen(order.state) || !reaches(UPLOAD, order)) return false;
      if (!isLead || order.technicianId === user.id) return true;
      return order.state === "OUTSOURCED" && reaches(OUTSOURCE, order);
    },
    [reaches, isLead, user.id],
  );
}
