import type { Schema } from "~/api/schema";
import type { States, Tone } from "~/components/status-badge";
import { texts } from "./texts";

export type WorkOrderState = Schema<"MaintenanceWorkOrderState">;
export type Priority = Schema<"MaintenancePriority">;
export type PhotoKind = Schema<"MaintenancePhotoKind">;
export type HoldReason = Schema<"MaintenanceHoldReason">;

/** How the states are shown. A new state of the API is a type error here. */
export const STATES: States<WorkOrderState> = {
  ROUTED: { label: texts.states.ROUTED, tone: "info" },
  ASSIGNED: { label: texts.states.ASSIGNED, tone: "neutral" },
  IN_PROGRESS: { label: texts.states.IN_PROGRESS, tone: "active" },
  ON_HOLD: { label: texts.states.ON_HOLD, tone: "neutral" },
  RETURNED: { label: texts.states.RETURNED, tone: "warning" },
  OUTSOURCED: { label: texts.states.OUTSOURCED, tone: "neutral" },
  DONE: { label: texts.states.DONE, tone: "good" },
  CANCELLED: { label: texts.states.CANCELLED, tone: "neutral" },
};

export const BOARD_STATES: readonly WorkOrderState[] = [
  "ROUTED",
  "ASSIGNED",
  "IN_PROGRESS",
  "ON_HOLD",
  "RETURNED",
  "OUTSOURCED",
  "DONE",
];

export const PRIORITIES: States<Priority> = {
  CRITICAL: { label: texts.priorities.CRITICAL, tone: "bad" },
  HIGH: { label: texts.priorities.HIGH, tone: "warning" },
  MEDIUM: { label: texts.priorities.MEDIUM, tone: "info" },
  LOW: { label: texts.priorities.LOW, tone: "neutral" },
};

export const PRIORITY_OPTIONS = Object.entries(PRIORITIES).map(([value, { label }]) => ({ value, label }));

export const HOLD_REASONS: Readonly<Record<HoldReason, string>> = texts.hold.reasons;

export function toneOf(state: WorkOrderState): Tone {
  return STATES[state]?.tone ?? "neutral";
}

/** Return the name of a state within a sentence. */
export function stateName(state: WorkOrderState): string {
  return (STATES[state]?.label ?? state).toLowerCase();
}
