import { Select, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { fromLocalInput } from "~/components/time";
import { toast } from "~/components/toast";
import { hold, type Seen } from "./commands";
import type { StepDialogProps } from "./dialogs";
import { HOLD_REASONS, type HoldReason } from "./states";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { reason: null as HoldReason | null, note: "", until: "" };
const FIELDS = ["reason", "note", "until"] as const;
const OPTIONS = Object.entries(HOLD_REASONS).map(([value, label]) => ({ value, label }));

/** Puts a work order on hold, which pauses its due date. */
export default function HoldDialog({ request, onClose }: StepDialogProps) {
  const step = useStep(request);
  const draft = useDraft(`repairs.hold:${request.order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const { reason, note, until } = draft.value;
  const { code } = request.order;
  const command = useStepCommand<unknown, { seen: Seen; body: Schema<"WorkOrderHold"> }>({
    send: ({ seen, body }, key) => hold(seen, body, key),
    onSuccess: () => {
      draft.clear();
      onClose();
      toast.success(texts.hold.done(code));
    },
  });
  const errors = fieldErrors(command.error);

  function submit(seen: Seen): void {
    setMissing(reason === null);
    if (reason === null) return;
    command.mutate({ seen, body: { reason, note: note.trim() || null, until: fromLocalInput(until) || null } });
  }

  return (
    <StepForm
      title={texts.hold.title(code)}
      step={step}
      openedAt={request.order.version}
      action={texts.actions.hold}
      anyway={texts.hold.anyway}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={submit}
    >
      <Text size="sm">{texts.hold.text}</Text>
      <Select
        label={texts.hold.reason}
        data={OPTIONS}
        data-autofocus
        required
        value={reason}
        error={missing && reason === null ? texts.hold.reasonMissing : errors.reason}
        onChange={(next) => draft.change({ reason: next as HoldReason | null })}
      />
      <Textarea
        label={texts.hold.note}
        description={texts.hold.noteHint}
        maxLength={500}
        value={note}
        error={errors.note}
        onChange={(event) => draft.change({ note: event.currentTarget.value })}
      />
      <TextInput
        label={texts.hold.until}
        description={texts.hold.untilHint}
        type="datetime-local"
        value={until}
        error={errors.until}
        onChange={(event) => draft.change({ until: event.currentTarget.value })}
      />
    </StepForm>
  );
}
