import { Button, type ButtonProps } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { type CommandOptions, useCommand } from "~/api/queries";
import { ConfirmWithReason } from "./confirm-with-reason";
import { toast } from "./toast";

interface StepWithReasonProps extends Pick<CommandOptions<string, unknown>, "send" | "invalidates"> {
  /** Whether the state allows it. An open dialog stays, so that nothing that was typed is lost. */
  shown?: boolean;
  texts: { action: string; title: string; text: ReactNode; done: string; dismiss?: string };
  variant?: NonNullable<ButtonProps["variant"]>;
  danger?: boolean;
  reason?: "required" | "optional" | "none";
  /** Names the draft of the reason. */
  draft: string;
  /** Says what failed instead of the error's own sentence. */
  note?: (error: Error | null) => ReactNode;
  /** More to choose, below the text. */
  children?: ReactNode;
  onDone?: () => void;
}

/** A button for a step that is asked about before, and why. A refused step keeps the reason that was typed. */
export function StepWithReason(props: StepWithReasonProps) {
  const { shown = true, texts, variant = "default", send, invalidates, note, onDone, ...dialog } = props;
  const { done, ...words } = texts;
  const [asking, setAsking] = useState(false);
  const command = useCommand<unknown, string>({ send, invalidates, onSuccess: () => toast.success(done) });
  function ask(next: boolean): void {
    command.reset();
    setAsking(next);
  }
  return (
    <>
      {shown && (
        <Button variant={variant} onClick={() => ask(true)}>
          {words.action}
        </Button>
      )}
      <ConfirmWithReason
        {...words}
        {...dialog}
        opened={asking}
        onClose={() => ask(false)}
        pending={command.isPending}
        error={command.error}
        note={note?.(command.error)}
        onConfirm={async (reason) => {
          await command.mutateAsync(reason);
          setAsking(false);
          onDone?.();
        }}
      />
    </>
  );
}
