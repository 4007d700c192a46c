import { useQueryClient } from "@tanstack/react-query";
import { type CommandOptions, useCommand } from "~/api/queries";
import { toast } from "~/components/toast";
import { assign, type Seen, start } from "./commands";
import { useStepDialog } from "./dialogs";
import { keys } from "./queries";
import { texts } from "./texts";

/** Everything that a step makes outdated. */
const OUTDATED = [keys.orders, keys.technicians, keys.checklists] as const;

/** Return the command of a step. A refusal reads the orders again too, because it often means that they have changed. */
export function useStepCommand<Output, Input>({ send, ...options }: CommandOptions<Input, Output>) {
  const client = useQueryClient();
  return useCommand<Output, Input>({
    ...options,
    invalidates: OUTDATED,
    send: async (input, key) => {
      try {
        return await send(input, key);
      } catch (error) {
        void client.invalidateQueries({ queryKey: keys.orders });
        throw error;
      }
    },
  });
}

export interface Assignment {
  order: Seen & { code: string };
  technicianId: string;
}

/** Return the command that assigns at once, as a drop does. If it fails, the dialog opens with the choice and the reason. */
export function useAssignAtOnce() {
  const open = useStepDialog();
  const command = useStepCommand<{ technician: string }, Assignment>({
    send: ({ order, technicianId }, key) => assign(order, technicianId, key),
    onSuccess: ({ technician }, { order }) => toast.success(texts.assign.done(order.code, technician)),
  });
  return {
    pending: command.isPending ? command.variables : null,
    assign: (assignment: Assignment): void =>
      command.mutate(assignment, { onError: (error) => open({ action: "assign", ...assignment, error }) }),
  };
}

/** Return the command that starts a work order. */
export function useStart() {
  return useStepCommand<unknown, Seen & { code: string }>({
    send: start,
    onSuccess: (_, { code }) => toast.success(texts.start.done(code)),
  });
}
