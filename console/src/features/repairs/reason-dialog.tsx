import { Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { cancel, giveBack, reopen, type Seen } from "./commands";
import type { StepDialogProps } from "./dialogs";
import { PhotoUpload } from "./photo-upload";
import type { WorkOrderState } from "./states";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const SEND = { return: giveBack, cancel, reopen } as const;
const EMPTY = { reason: "" };
const FIELDS = ["reason"] as const;

/** The steps that need only a reason: return, cancel, reopen. */
export default function ReasonDialog({ request, onClose }: StepDialogProps) {
  const { order } = request;
  const action = request.action as keyof typeof SEND;
  const words = texts[action];
  const step = useStep(request);
  const draft = useDraft(`repairs.${action}:${order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const reason = draft.value.reason.trim();
  const command = useStepCommand<{ state: WorkOrderState; parentReleased?: boolean }, { seen: Seen; reason: string }>({
    send: ({ seen, reason: text }, key) => SEND[action](seen, text, key),
    onSuccess: ({ parentReleased = false }) => {
      draft.clear();
      onClose();
      toast.success(parentReleased ? texts.cancel.released(order.code) : words.done(order.code));
    },
  });
  return (
    <StepForm
      title={words.title(order.code)}
      step={step}
      openedAt={order.version}
      action={texts.actions[action]}
      anyway={words.anyway}
      {...(action === "cancel" ? { danger: true, dismiss: texts.cancel.dismiss } : {})}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={(seen) => {
        setMissing(reason === "");
        if (reason !== "") command.mutate({ seen, reason });
      }}
    >
      <Text size="sm">{words.text}</Text>
      <Textarea
        label={words.reason}
        description={words.reasonHint}
        data-autofocus
        required
        maxLength={500}
        value={draft.value.reason}
        error={missing && reason === "" ? words.reasonMissing : fieldErrors(command.error).reason}
        onChange={(event) => draft.change({ reason: event.currentTarget.value })}
      />
      {action === "return" && step.order !== undefined && step.possible && (
        <PhotoUpload order={step.order} kind="RETURN" />
      )}
    </StepForm>
  );
}
