import { Text, Textarea } from "@mantine/core";
import { fieldErrors } from "~/api/errors";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { finish, type Seen } from "./commands";
import { CompletionPhotosField, useCompletionPhotos } from "./completion-photos";
import type { StepDialogProps } from "./dialogs";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { note: "" };
const FIELDS = ["fixPhoto", "fixNote"] as const;

/** Finishes a work order, with a photo of the finished work. */
export default function FinishDialog({ request, onClose }: StepDialogProps) {
  const step = useStep(request);
  const draft = useDraft(`repairs.finish:${request.order.id}`, EMPTY);
  const { code } = request.order;
  const command = useStepCommand<Schema<"WorkOrderDone">, { seen: Seen; note: string }>({
    send: ({ seen, note }, key) => finish(seen, note, key),
    onSuccess: ({ parentReleased }) => {
      draft.clear();
      onClose();
      toast.success(parentReleased ? texts.finish.released(code) : texts.finish.done(code));
    },
  });
  const errors = fieldErrors(command.error);
  const photos = useCompletionPhotos(step, errors.fixPhoto !== undefined);
  return (
    <StepForm
      title={texts.finish.title(code)}
      step={step}
      openedAt={request.order.version}
      action={texts.actions.done}
      anyway={texts.finish.anyway}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={(seen) => {
        if (photos.check()) command.mutate({ seen, note: draft.value.note.trim() });
      }}
    >
      <Text size="sm">{texts.finish.text}</Text>
      <CompletionPhotosField
        step={step}
        field={photos}
        texts={{ missing: texts.finish.photoMissing, old: texts.finish.photoOld }}
      />
      <Textarea
        label={texts.finish.note}
        description={texts.finish.noteHint}
        maxLength={500}
        value={draft.value.note}
        error={errors.fixNote}
        onChange={(event) => draft.change({ note: event.currentTarget.value })}
      />
    </StepForm>
  );
}
