import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useDraft } from "~/app/drafts";
import { common } from "~/texts/common";
import { ErrorNote } from "./error-note";

interface ConfirmWithReasonProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen. */
  text: ReactNode;
  /** The label of the button: the action itself, such as "Cancel order". */
  action: string;
  danger?: boolean;
  /** The label of the button that does nothing; by default "Cancel". */
  dismiss?: string;
  /** It is not possible now, as the text or the children say. */
  disabled?: boolean;
  /** Asks for a reason; by default it must be given. */
  reason?: "required" | "optional" | "none";
  /** Names the draft of the reason, such as `orders.cancel:` with the id. */
  draft: string;
  pending: boolean;
  error?: unknown;
  /** What has happened meanwhile, instead of the error. */
  note?: ReactNode;
  /** More to choose, below the text. */
  children?: ReactNode;
  /** Does it. Close the dialog when it has succeeded. */
  onConfirm: (reason: string) => Promise<unknown>;
}

const EMPTY = { reason: "" };

/** Asks before something that cannot be taken back, and why. It stays open, with what was typed, until it has succeeded. */
export function ConfirmWithReason({ reason = "required", ...props }: ConfirmWithReasonProps) {
  const draft = useDraft(props.draft, EMPTY);
  const [missing, setMissing] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const text = draft.value.reason.trim();
    setMissing(reason === "required" && text === "");
    if (reason === "required" && text === "") return;
    try {
      await props.onConfirm(text);
      draft.clear();
    } catch {
      // The error stands in the dialog.
    }
  }

  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          <Text size="sm">{props.text}</Text>
          {props.children}
          {reason !== "none" && (
            <Textarea
              label={common.confirm.reason}
              description={common.confirm.reasonHint}
              data-autofocus
              maxLength={500}
              error={missing && draft.value.reason.trim() === "" ? common.confirm.reasonMissing : undefined}
              value={draft.value.reason}
              onChange={(event) => draft.change({ reason: event.currentTarget.value })}
            />
          )}
          {props.note ?? <ErrorNote error={props.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose}>
              {props.dismiss ?? common.actions.cancel}
            </Button>
            <Button
              type="submit"
              color={props.danger ? "red.8" : undefined}
              loading={props.pending}
              disabled={props.disabled ?? false}
            >
              {props.action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
