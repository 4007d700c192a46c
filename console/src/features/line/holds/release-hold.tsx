import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { keys } from "../queries";
import { RefusalNote } from "../steps/refusal-note";
import { releaseHold } from "./commands";
import type { Hold } from "./queries";
import { texts } from "./texts";

const words = texts.release;

/** Releases a hold, with a reason. */
export function ReleaseHold({ hold, onClose }: { hold: Hold; onClose: () => void }) {
  const { id, version, value } = hold;
  const command = useCommand({
    send: (reason: string, headers) => releaseHold({ id, version }, reason, headers),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done(value)),
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title(value)}
      text={words.text}
      action={words.action}
      draft={`line.release:${id}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} />}
      onConfirm={async (reason) => {
        await command.mutateAsync(reason);
        onClose();
      }}
    />
  );
}
