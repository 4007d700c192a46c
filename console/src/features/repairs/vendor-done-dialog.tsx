import { Group, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { finishByVendor, type Seen } from "./commands";
import { CompletionPhotosField, useCompletionPhotos } from "./completion-photos";
import type { StepDialogProps } from "./dialogs";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { note: "", cost: "", currency: "" };
const FIELDS = ["fixPhoto", "fixNote", "cost", "currency"] as const;
/** With a point or a comma for decimals. A comma before three digits may be one of thousands, so it is asked about. */
const AMOUNT = /^\d{1,10}(\.\d+|,\d{1,2})?$/;

/** Records that a vendor has done the work, with a photo of it, and what it cost. */
export default function VendorDoneDialog({ request, onClose }: StepDialogProps) {
  const step = useStep(request);
  const draft = useDraft(`repairs.vendor-done:${request.order.id}`, EMPTY);
  const [tried, setTried] = useState(false);
  const [note, cost, currency] = [draft.value.note.trim(), draft.value.cost.trim(), draft.value.currency.trim()];
  const costIsWrong = cost !== "" && !AMOUNT.test(cost);
  const { code } = request.order;
  const command = useStepCommand<Schema<"WorkOrderDone">, { seen: Seen; report: Schema<"VendorReport"> }>({
    send: ({ seen, report }, key) => finishByVendor(seen, report, key),
    onSuccess: ({ parentReleased }) => {
      draft.clear();
      onClose();
      toast.success(parentReleased ? texts.finish.released(code) : texts.finish.done(code));
    },
  });
  const errors = fieldErrors(command.error);
  const photos = useCompletionPhotos(step, errors.fixPhoto !== undefined);

  function submit(seen: Seen): void {
    setTried(true);
    const hasPhoto = photos.check();
    if (!hasPhoto || note === "" || costIsWrong) return;
    const report = {
      fixNote: note,
      cost: cost === "" ? null : Number(cost.replace(",", ".")),
      currency: currency || null,
    };
    command.mutate({ seen, report });
  }

  return (
    <StepForm
      title={texts.vendorDone.title(code)}
      step={step}
      openedAt={request.order.version}
      action={texts.actions.done}
      anyway={texts.vendorDone.anyway}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={submit}
    >
      <Text size="sm">{texts.vendorDone.text}</Text>
      <CompletionPhotosField
        step={step}
        field={photos}
        texts={{ missing: texts.finish.photoMissing, old: texts.vendorDone.photoOld }}
      />
      <Textarea
        label={texts.vendorDone.note}
        data-autofocus
        required
        maxLength={500}
        value={draft.value.note}
        error={tried && note === "" ? texts.vendorDone.noteMissing : errors.fixNote}
        onChange={(event) => draft.change({ note: event.currentTarget.value })}
      />
      <Group grow align="start">
        <TextInput
          label={texts.vendorDone.cost}
          description={texts.vendorDone.costHint}
          inputMode="decimal"
          value={draft.value.cost}
          error={tried && costIsWrong ? texts.vendorDone.costWrong : errors.cost}
          onChange={(event) => draft.change({ cost: event.currentTarget.value })}
        />
        <TextInput
          label={texts.vendorDone.currency}
          description={texts.vendorDone.currencyHint}
          maxLength={3}
          autoCapitalize="characters"
          value={draft.value.currency}
          error={errors.currency}
          onChange={(event) => draft.change({ currency: event.currentTarget.value.toUpperCase() })}
        />
      </Group>
    </StepForm>
  );
}
