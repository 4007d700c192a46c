import { Button } from "@mantine/core";
import type { UseMutationResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Can, type PermissionRule } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import type { Step } from "./commands";
import { RefusalNote } from "./steps/refusal-note";

interface StepButtonProps {
  permission: PermissionRule;
  /** The label: the step itself, such as "Seal pack". */
  label: string;
  title: string;
  text: ReactNode;
  step: Step;
  command: UseMutationResult<unknown, Error, Step>;
  /** Why the step is not possible yet. */
  obstacle?: string | undefined;
}

/** Takes a step that cannot be taken back, after it was confirmed. The dialog shows why the server refuses it. */
export function StepButton({ permission, label, title, text, step, command, obstacle }: StepButtonProps) {
  const [asking, setAsking] = useState(false);
  async function confirm(): Promise<void> {
    await command.mutateAsync(step);
    setAsking(false);
  }
  return (
    <Can permission={permission}>
      <Button
        disabled={obstacle !== undefined}
        title={obstacle}
        onClick={() => {
          command.reset();
          setAsking(true);
        }}
      >
        {label}
      </Button>
      <ConfirmWithReason
        opened={asking}
        onClose={() => setAsking(false)}
        title={title}
        text={text}
        action={label}
        reason="none"
        draft={`line.step:${step.id}`}
        pending={command.isPending}
        note={<RefusalNote error={command.error} />}
        onConfirm={confirm}
      />
    </Can>
  );
}
