import type { States } from "~/components/status-badge";
import type { Schedule } from "./queries";
import { texts } from "./texts";

export type ScheduleState = keyof typeof texts.states;

export const STATES: States<ScheduleState> = {
  active: { label: texts.states.active, tone: "good" },
  paused: { label: texts.states.paused, tone: "warning" },
  ended: { label: texts.states.ended, tone: "neutral" },
};

export function stateOf({ paused, next }: Schedule): ScheduleState {
  if (paused) return "paused";
  return next === null ? "ended" : "active";
}
