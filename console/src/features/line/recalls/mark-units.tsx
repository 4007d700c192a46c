import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { RefusalNote } from "../steps/refusal-note";
import { type Mark, markUnits } from "./commands";
import { recallKeys } from "./queries";
import { texts } from "./texts";

/** Return the command that marks units of a case as dealt with, or takes marks back. */
export function useMarkUnits(recallId: string) {
  return useCommand({
    send: (mark: Mark, headers) => markUnits(recallId, mark, headers),
    invalidates: [recallKeys],
    onSuccess: (_, { handled }) => toast.success(handled ? texts.mark.done : texts.unmark.done),
  });
}

interface MarkUnitsProps {
  recallId: string;
  serials: readonly string[];
  onClose: () => void;
}

/** Asks what was done with units before it marks them as dealt with. */
export function MarkUnits({ recallId, serials, onClose }: MarkUnitsProps) {
  const command = useMarkUnits(recallId);
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={texts.mark.title(serials.length)}
      text={texts.mark.text}
      action={texts.mark.action}
      reason="optional"
      draft={`line.recall-mark:${recallId}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} />}
      onConfirm={async (note) => {
        await command.mutateAsync({ serials, handled: true, note: note === "" ? undefined : note });
        onClose();
      }}
    />
  );
}
