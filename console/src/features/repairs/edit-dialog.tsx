import { Select, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { edit, type Seen } from "./commands";
import type { StepDialogProps } from "./dialogs";
import type { WorkOrderDetail } from "./queries";
import { PRIORITY_OPTIONS, type Priority } from "./states";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

/** What was typed; null where nothing was, so that the field follows the work order. */
interface Typed {
  priority: Priority | null;
  instructions: string | null;
}

const EMPTY: Typed = { priority: null, instructions: null };
const FIELDS = ["priority", "instructions"] as const;

/** Changes priority and instructions. Only what differs from the work order is sent. */
export default function EditDialog({ request, onClose }: StepDialogProps) {
  const step = useStep(request);
  const { order } = step;
  const draft = useDraft(`repairs.edit:${request.order.id}`, EMPTY);
  const [idle, setIdle] = useState(false);
  const { code } = request.order;
  const command = useStepCommand<unknown, { seen: Seen; body: Schema<"WorkOrderEdit"> }>({
    send: ({ seen, body }, key) => edit(seen, body, key),
    onSuccess: () => {
      draft.clear();
      onClose();
      toast.success(texts.edit.done(code));
    },
  });
  const errors = fieldErrors(command.error);
  const body = order === undefined ? {} : changeOf(draft.value, order);
  const isUnchanged = Object.keys(body).length === 0;
  return (
    <StepForm
      title={texts.edit.title(code)}
      step={step}
      openedAt={request.order.version}
      action={texts.edit.save}
      anyway={texts.edit.anyway}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onClose={onClose}
      onSubmit={(seen) => {
        setIdle(isUnchanged);
        if (!isUnchanged) command.mutate({ seen, body });
      }}
    >
      <Text size="sm">{texts.edit.text}</Text>
      <Select
        label={texts.create.priority}
        data={PRIORITY_OPTIONS}
        data-autofocus
        allowDeselect={false}
        value={draft.value.priority ?? order?.priority ?? null}
        error={errors.priority}
        onChange={(next) => draft.change({ priority: next as Priority | null })}
      />
      <Textarea
        label={texts.create.instructions}
        description={texts.create.instructionsHint}
        autosize
        minRows={3}
        maxRows={10}
        maxLength={2000}
        value={draft.value.instructions ?? order?.instructions ?? ""}
        error={errors.instructions}
        onChange={(event) => draft.change({ instructions: event.currentTarget.value })}
      />
      {idle && isUnchanged && <ErrorNote error={new Error(texts.edit.nothing)} />}
    </StepForm>
  );
}

function changeOf({ priority, instructions }: Typed, order: WorkOrderDetail): Schema<"WorkOrderEdit"> {
  const text = instructions === null ? order.instructions : instructions.trim() || null;
  return {
    ...(priority === null || priority === order.priority ? {} : { priority }),
    ...(text === order.instructions ? {} : { instructions: text }),
  };
}
