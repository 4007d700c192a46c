import { Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { outsource, type Seen } from "./commands";
import type { StepRequest } from "./dialogs";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { vendor: "", note: "" };
const FIELDS = ["vendor", "note"] as const;

/** Gives a work order to a vendor. */
export default function OutsourceDialog({ request, onClose }: { request: StepRequest; onClose: () => void }) {
  const step = useStep(request);
  const draft = useDraft(`repairs.outsource:${request.order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const vendor = draft.value.vendor.trim();
  const note = draft.value.note.trim();
  const command = useStepCommand<unknown, { seen: Seen; vendor: string; note: string }>({
    send: ({ seen, ...body }, key) => outsource(seen, { vendor: body.vendor, note: body.note || null }, key),
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
        if (vendor !== "") command.mutate({ seen, vendor, note });
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
    </StepForm>
  );
}
