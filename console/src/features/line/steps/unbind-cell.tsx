import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import type { Step } from "../commands";
import { keys } from "../queries";
import { unbindCell } from "./commands";
import { RefusalNote } from "./refusal-note";
import { texts } from "./texts";

const words = texts.unbindCell;

interface UnbindCellProps {
  step: Step;
  serial: string;
  onClose: () => void;
}

/** Asks before a cell is taken out of its module. */
export function UnbindCell({ step, serial, onClose }: UnbindCellProps) {
  const command = useCommand({
    send: (cell: string, headers) => unbindCell(step, cell, headers),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title(serial)}
      text={words.text}
      action={words.action}
      reason="none"
      draft={`line.unbind:${step.id}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} />}
      onConfirm={async () => {
        await command.mutateAsync(serial);
        onClose();
      }}
    />
  );
}
