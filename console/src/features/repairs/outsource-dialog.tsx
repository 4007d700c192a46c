import { Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { fromLocalInput } from "~/components/time";
import { toast } from "~/components/toast";
import { outsource, type Seen } from "./commands";
import type { StepDialogProps } from "./dialogs";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { vendor: "", note: "", due: "" };
const FIELDS = ["vendor", "note", "dueAt"] as const;

/** Gives a work order to a vendor. */
export default function OutsourceDialog({ request, onClose }: StepDialogProps) {
  const step = useStep(request);
  const draft = useDraft(`repairs.outsource:${request.order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const vendor = draft.value.vendor.trim();
  const command = useStepCommand<unknown, { seen: Seen; body: Schema<"WorkOrderOutsourcing"> }>({
    send: ({ seen, body }, key) => outsource(seen, body, key),
    onSuccess: () => {
      draft.clear();
      onClose();
      toast.success(texts.outsource.done(request.order.code, vendor));
    },
  });
  const errors = fieldErrors(command.error);
  return (
    <StepForm
      title={texts.outsource.title(request.order.code)}
      step={step}
      openedAt={request.order.version}
      action={texts.actions.outsource}
      anyway={texts.outsource.anyway}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={(seen) => {
        setMissing(vendor === "");
        const { note, due } = draft.value;
        const body = { vendor, note: note.trim() || null, dueAt: fromLocalInput(due) || null };
        if (vendor !== "") command.mutate({ seen, body });
      }}
    >
      <Text size="sm">{texts.outsource.text}</Text>
      <TextInput
        label={texts.outsource.vendor}
        data-autofocus
        required
        maxLength={100}
        value={draft.value.vendor}
        error={missing && vendor === "" ? texts.outsource.vendorMissing : errors.vendor}
        onChange={(event) => draft.change({ vendor: event.currentTarget.value })}
      />
      <Textarea
        label={texts.outsource.note}
        description={texts.outsource.noteHint}
        maxLength={500}
        value={draft.value.note}
        error={errors.note}
        onChange={(event) => draft.change({ note: event.currentTarget.value })}
      />
      <TextInput
        label={texts.outsource.due}
        description={texts.outsource.dueHint}
        type="datetime-local"
        value={draft.value.due}
        error={errors.dueAt}
        onChange={(event) => draft.change({ due: event.currentTarget.value })}
      />
    </StepForm>
  );
}
