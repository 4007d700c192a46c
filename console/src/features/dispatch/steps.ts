/** Which steps of a dispatcher the state of an order allows; the server decides all the same. */

import type { ReasonStep } from "./commands";
import type { OrderState } from "./states";

export type Step = "assign" | ReasonStep;

const BEFORE_PICKUP: readonly OrderState[] = ["assigned", "accepted", "arrived"];

const FROM: Readonly<Record<Step, readonly OrderState[]>> = {
  assign: ["no_nearby_driver", ...BEFORE_PICKUP],
  release: BEFORE_PICKUP,
  undeliverable: ["picked_up", "undeliverable"],
  deliver: ["picked_up"],
  cancel: ["scheduled", "no_nearby_driver", ...BEFORE_PICKUP, "picked_up", "undeliverable"],
};

const STEPS = Object.keys(FROM) as readonly Step[];

/** Return the steps that an order in a state may take, the one that leads on first. */
export function stepsFrom(state: OrderState): readonly Step[] {
  return STEPS.filter((step) => FROM[step].includes(state));
}
