import { Text } from "@mantine/core";
import type { Schema } from "~/api/schema";
import { formatDateTime } from "~/components/time";
import { toast } from "~/components/toast";
import { recall, resume, type Seen } from "./commands";
import type { StepDialogProps } from "./dialogs";
import { StepForm, useStep } from "./step-form";
import { texts } from "./texts";
import { useStepCommand } from "./use-order-steps";

const SEND = { resume, recall } as const;

/** The steps that only have to be confirmed: resume, and recall from a vendor. */
export default function ConfirmDialog({ request, onClose }: StepDialogProps) {
  const { code, version } = request.order;
  const action = request.action as keyof typeof SEND;
  const words = texts[action];
  const step = useStep(request);
  const command = useStepCommand<Schema<"WorkOrderRescheduled">, Seen>({
    send: SEND[action],
    onSuccess: ({ dueAt }) => {
      onClose();
      toast.success(words.done(code, formatDateTime(new Date(dueAt), new Date())));
    },
  });
  return (
    <StepForm
      title={words.title(code)}
      step={step}
      openedAt={version}
      action={texts.actions[action]}
      anyway={words.anyway}
      pending={command.isPending}
      error={command.error}
      onClose={onClose}
      onSubmit={(seen) => command.mutate(seen)}
    >
      <Text size="sm">{words.text}</Text>
    </StepForm>
  );
}
