/** The steps of work orders as the API has them: from which states each leads on, and who may take it. */

import type { paths } from "~/api/schema";
import * as permissions from "./permissions";
import type { WorkOrderState } from "./states";

type StepOf<Path extends keyof paths> = Path extends `/v1/work-orders/{work_order_id}/${infer Word}`
  ? paths[Path] extends { patch: object }
    ? Word
    : never
  : never;

/** A step by the word of its path. A new step of the API is a type error in the table below. */
export type Step = { [Path in keyof paths]: StepOf<Path> }[keyof paths] | "edit";

interface Rule {
  permission: string;
  from: readonly WorkOrderState[];
}

/** The server decides; this only hides what it would refuse. A test compares it with the server's table. */
const STEPS: Readonly<Record<Step, Rule>> = {
  resume: { permission: permissions.HOLD, from: ["ON_HOLD"] },
  start: { permission: permissions.START, from: ["ASSIGNED"] },
  done: { permission: permissions.FINISH, from: ["IN_PROGRESS"] },
  "vendor-done": { permission: permissions.OUTSOURCE, from: ["OUTSOURCED"] },
  assign: { permission: permissions.ASSIGN, from: ["ROUTED", "ASSIGNED", "IN_PROGRESS", "ON_HOLD", "RETURNED"] },
  outsource: { permission: permissions.OUTSOURCE, from: ["ROUTED", "RETURNED"] },
  hold: { permission: permissions.HOLD, from: ["ASSIGNED", "IN_PROGRESS"] },
  return: { permission: permissions.RETURN, from: ["ASSIGNED", "IN_PROGRESS", "ON_HOLD"] },
  recall: { permission: permissions.OUTSOURCE, from: ["OUTSOURCED"] },
  edit: {
    permission: permissions.EDIT,
    from: ["ROUTED", "ASSIGNED", "IN_PROGRESS", "ON_HOLD", "RETURNED", "OUTSOURCED"],
  },
  reopen: { permission: permissions.REOPEN, from: ["DONE"] },
  cancel: { permission: permissions.CANCEL, from: ["ROUTED", "ASSIGNED", "RETURNED", "ON_HOLD"] },
};

/** All steps, those that lead on first. */
const ORDER = Object.keys(STEPS) as Step[];

export function allows(state: WorkOrderState, step: Step): boolean {
  return STEPS[step].from.includes(state);
}

/** Return a function that gives the steps that the person may take with a work order now. */
export function useSteps(): (order: permissions.Reached, holderIsGone: boolean) => readonly Step[] {
  const reaches = permissions.useReach();
  const mayReturn = permissions.useMayReturn();
  return (order, holderIsGone) =>
    ORDER.filter(
      (step) =>
        allows(order.state, step) &&
        (step === "return" ? mayReturn(order, holderIsGone) : reaches(STEPS[step].permission, order)),
    );
}
