import type { States } from "~/components/status-badge";
import type { Person } from "../queries";
import { people as texts } from "./texts";

export const STATES: States<"ACTIVE" | "DISABLED" | "LOCKED"> = {
  ACTIVE: { label: texts.states.ACTIVE, tone: "good" },
  DISABLED: { label: texts.states.DISABLED, tone: "neutral" },
  LOCKED: { label: texts.states.LOCKED, tone: "warning" },
};

export const STATUS_OPTIONS = (["ACTIVE", "DISABLED"] as const).map((value) => ({ value, label: STATES[value].label }));

/** Return the status, or that the sign-in is locked. */
export function stateOf({ status, lockedUntil }: Person): keyof typeof STATES {
  return status === "ACTIVE" && lockedUntil ? "LOCKED" : status;
}
