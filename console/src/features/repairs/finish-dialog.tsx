import { Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { finish, type Seen } from "./commands";
import type { StepRequest } from "./dialogs";
import { OrderPhotos } from "./order-photos";
import { PhotoUpload } from "./photo-upload";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { note: "" };
const FIELDS = ["fixPhoto", "fixNote"] as const;

/** Finishes a work order, with a photo of the finished work. */
export default function FinishDialog({ request, onClose }: { request: StepRequest; onClose: () => void }) {
  const step = useStep(request);
  const draft = useDraft(`repairs.finish:${request.order.id}`, EMPTY);
  const [tried, setTried] = useState<number | null>(null);
  const { code } = request.order;
  const photos = step.order?.photos.filter(({ kind }) => kind === "COMPLETION") ?? [];
  const command = useStepCommand<Schema<"WorkOrderDone">, { seen: Seen; note: string }>({
    send: ({ seen, note }, key) => finish(seen, note, key),
    onSuccess: ({ parentReleased }) => {
      draft.clear();
      onClose();
      toast.success(parentReleased ? texts.finish.released(code) : texts.finish.done(code));
    },
  });
  const errors = fieldErrors(command.error);
  const isRefused = tried === photos.length && (photos.length === 0 || errors.fixPhoto !== undefined);
  const photoError = photos.length === 0 ? texts.finish.photoMissing : texts.finish.photoOld;
  return (
    <StepForm
      title={texts.finish.title(code)}
      step={step}
      openedAt={request.order.version}
      action={texts.actions.finish}
      anyway={texts.finish.anyway}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={(seen) => {
        const isKnown = step.order !== undefined;
        setTried(isKnown ? photos.length : null);
        if (!isKnown || photos.length > 0) command.mutate({ seen, note: draft.value.note.trim() });
      }}
    >
      <Text size="sm">{texts.finish.text}</Text>
      <OrderPhotos photos={photos} />
      {step.order !== undefined && step.possible && (
        <PhotoUpload
          order={step.order}
          kind="COMPLETION"
          error={isRefused ? photoError : null}
          prominent={photos.length === 0 || isRefused}
        />
      )}
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
