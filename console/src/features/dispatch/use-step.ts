import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "~/api/errors";
import { type CommandOptions, useCommand } from "~/api/queries";
import { keys, type Order } from "./queries";
import { stateName } from "./states";
import { type Step, stepsFrom } from "./steps";
import { texts } from "./texts";

const OUTDATED = [keys.orders, keys.couriers] as const;

/** Return the command of a step. A refusal reads orders and couriers again too, because it means that they have changed. */
export function useStepCommand<Input>(options: CommandOptions<Input, unknown>) {
  const client = useQueryClient();
  return useCommand<unknown, Input>({
    ...options,
    invalidates: OUTDATED,
    send: async (input, key) => {
      try {
        return await options.send(input, key);
      } catch (error) {
        for (const queryKey of OUTDATED) void client.invalidateQueries({ queryKey });
        throw error;
      }
    },
  });
}

/** Return whether an order still takes a step while its dialog is open, and what has become of it since, if anything has. */
export function useStepState(order: Order, step: Step, holder: string | undefined) {
  const [openedAt] = useState(order.version);
  const possible = stepsFrom(order.status).includes(step);
  const now = [stateName(order), holder].filter(Boolean).join(", ");
  if (!possible) return { possible, change: texts.steps.impossible(now) };
  return { possible, change: order.version === openedAt ? null : texts.steps.changed(now) };
}

/** Return whether the server refused a step because the order is not in the version that the person saw. */
export function isStale(error: unknown): boolean {
  return error instanceof ApiError && error.code === "VERSION_CONFLICT";
}

/** Return whether the server refused a step because the order is not as the person saw it, in whatever way. */
export function isOutdated(error: unknown): boolean {
  return isStale(error) || (error instanceof ApiError && error.code === "WORKFLOW_VIOLATION");
}
