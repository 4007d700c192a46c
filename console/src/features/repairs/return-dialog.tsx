import { Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useDraft } from "~/app/drafts";
import { toast } from "~/components/toast";
import { giveBack, type Seen } from "./commands";
import type { StepRequest } from "./dialogs";
import { PhotoUpload } from "./photo-upload";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const EMPTY = { reason: "" };
const FIELDS = ["reason"] as const;

/** Gives a work order back to the team lead, with a reason and, if there is one, a photo of it. */
export default function ReturnDialog({ request, onClose }: { request: StepRequest; onClose: () => void }) {
  const step = useStep(request);
  const draft = useDraft(`repairs.return:${request.order.id}`, EMPTY);
  const [missing, setMissing] = useState(false);
  const reason = draft.value.reason.trim();
  const command = useStepCommand<unknown, { seen: Seen; reason: string }>({
    send: ({ seen, reason: text }, key) => giveBack(seen, text, key),
    onSuccess: () => {
      draft.clear();
      onClose();
      toast.success(texts.return.done(request.order.code));
    },
  });
  return (
    <StepForm
      title={texts.return.title(request.order.code)}
      step={step}
      openedAt={request.order.version}
      action={texts.actions.return}
      anyway={texts.return.anyway}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={(seen) => {
        setMissing(reason === "");
        if (reason !== "") command.mutate({ seen, reason });
      }}
    >
      <Text size="sm">{texts.return.text}</Text>
      <Textarea
        label={texts.return.reason}
        description={texts.return.reasonHint}
        data-autofocus
        required
        maxLength={500}
        value={draft.value.reason}
        error={missing && reason === "" ? texts.return.reasonMissing : fieldErrors(command.error).reason}
        onChange={(event) => draft.change({ reason: event.currentTarget.value })}
      />
      {step.order !== undefined && step.possible && <PhotoUpload order={step.order} kind="RETURN" />}
    </StepForm>
  );
}
