import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { type ReasonStep, type Seen, takeStep } from "./commands";
import type { Order } from "./queries";
import { StackedRoute } from "./stacked-route";
import { StepNote } from "./step-note";
import { texts } from "./texts";
import { useStepCommand, useStepState } from "./use-step";

interface ReasonDialogProps {
  step: ReasonStep;
  order: Order;
  /** The name of the courier who has the order. */
  holder: string | undefined;
  onClose: () => void;
}

/** Takes a step that asks for a reason. What others do to the order meanwhile is shown, and what was typed stays. */
export function ReasonDialog({ step, order, holder, onClose }: ReasonDialogProps) {
  const { title, text, action, done } = texts.steps[step];
  const { possible, change } = useStepState(order, step, holder);
  const command = useStepCommand<{ seen: Seen; reason: string }>({
    send: ({ seen, reason }, key) => takeStep(step, seen, reason, key),
    onSuccess: () => {
      onClose();
      toast.success(done);
    },
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={title}
      text={text}
      action={action}
      dismiss={texts.steps.dismiss}
      danger={step === "cancel"}
      disabled={!possible}
      draft={`dispatch.${step}:${order.id}`}
      pending={command.isPending}
      note={<StepNote change={change} error={command.error} />}
      onConfirm={(reason) => command.mutateAsync({ seen: { id: order.id, version: order.version }, reason })}
    >
      <StackedRoute order={order} />
    </ConfirmWithReason>
  );
}
