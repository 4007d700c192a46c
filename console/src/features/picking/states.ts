import type { Schema } from "~/api/schema";
import type { States } from "~/components/status-badge";
import { texts } from "./texts";

export type AssignmentState = Schema<"PickingAssignmentStatus">;
export type Role = Schema<"PickingRole">;

/** How the states of an assignment are shown. A new state of the API is a type error here. */
export const ASSIGNMENT_STATES: States<AssignmentState> = {
  queued: { label: texts.states.queued, tone: "info" },
  active: { label: texts.states.active, tone: "active" },
  completed: { label: texts.states.completed, tone: "good" },
  closed: { label: texts.states.closed, tone: "neutral" },
};

export const REJECTED_STATES: States<Schema<"PickingRejectedEventStatus">> = {
  open: { label: texts.rejected.states.open, tone: "warning" },
  accepted: { label: texts.rejected.states.accepted, tone: "good" },
  dismissed: { label: texts.rejected.states.dismissed, tone: "neutral" },
};

export const PAUSES: States<Schema<"PickingPause">> = {
  break: { label: texts.pauses.break, tone: "warning" },
  wrap: { label: texts.pauses.wrap, tone: "info" },
  delay: { label: texts.pauses.delay, tone: "warning" },
};

export const STATE_OPTIONS = Object.entries(ASSIGNMENT_STATES).map(([value, { label }]) => ({ value, label }));
export const ROLE_OPTIONS = Object.entries(texts.roles).map(([value, label]) => ({ value, label }));
export const ROLES: readonly Role[] = ["picker", "operative"];
