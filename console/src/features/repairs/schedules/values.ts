import type { Schema } from "~/api/schema";
import type { Priority } from "../states";
import type { Schedule } from "./queries";
import { presetOf } from "./rules";

/** What a form of a schedule holds. `found` is the ref of the checklist that was found. */
export interface Values {
  ref: string;
  found: string;
  itemRef: string;
  preset: string;
  rrule: string;
  startsOn: string;
  at: string;
  timezone: string;
  leadDays: number | string;
  priority: Priority;
  instructions: string;
}

export const EMPTY: Values = {
  ref: "",
  found: "",
  itemRef: "",
  preset: "weekly",
  rrule: "FREQ=WEEKLY",
  startsOn: "",
  at: "06:00",
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  leadDays: 1,
  priority: "MEDIUM",
  instructions: "",
};

export function valuesOf(schedule: Schedule): Values {
  const { checklistRef, itemRef, rrule, startsOn, at, timezone, leadDays, priority } = schedule;
  const instructions = schedule.instructions ?? "";
  const rule = { preset: presetOf(rrule), rrule };
  return {
    ref: checklistRef,
    found: checklistRef,
    itemRef,
    ...rule,
    startsOn,
    at,
    timezone,
    leadDays,
    priority,
    instructions,
  };
}

/** Return the names of the fields that are required and empty. */
export function missingOf(values: Values): readonly string[] {
  const required = ["itemRef", "rrule", "at", "timezone", "leadDays"] as const;
  return required.filter((name) => String(values[name]).trim() === "");
}

export function createOf(values: Values, rideCode: string): Schema<"CreateSchedule"> {
  return {
    rideCode,
    checklistRef: values.found,
    ...sentOf(values),
    instructions: values.instructions.trim() || null,
    startsOn: values.startsOn || null,
  };
}

/** Return what differs from the values that the form began with. */
export function changeOf(values: Values, before: Values): Schema<"ScheduleChange"> {
  const [now, then] = [fullOf(values), fullOf(before)];
  const names = Object.keys(now) as (keyof typeof now)[];
  return Object.fromEntries(names.filter((name) => now[name] !== then[name]).map((name) => [name, now[name]]));
}

function fullOf(values: Values) {
  return { ...sentOf(values), startsOn: values.startsOn || null, instructions: values.instructions.trim() || null };
}

function sentOf({ itemRef, rrule, at, timezone, leadDays, priority }: Values) {
  return { itemRef, rrule: rrule.trim(), at, timezone: timezone.trim(), leadDays: Number(leadDays), priority };
}
