import { Button } from "@mantine/core";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import styles from "./picking.module.css";
import { acceptEvent, dismissEvent, keys, type RejectedEvent } from "./queries";
import { texts } from "./texts";

type Asking = "accept" | "dismiss" | null;

interface RejectedActionsProps {
  event: RejectedEvent;
  onDecided: () => void;
}

/** The two decisions about a rejected event. A refused one keeps the reason that was typed. */
export function RejectedActions({ event, onDecided }: RejectedActionsProps) {
  const [asking, setAsking] = useState<Asking>(null);
  const { client_event_id: id } = event;
  const accept = useCommand({
    send: (note: string, header) => acceptEvent(id, note, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.rejected.accept.done),
  });
  const dismiss = useCommand({
    send: (note: string, header) => dismissEvent(id, note, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(texts.rejected.dismiss.done),
  });
  function ask(next: Asking): void {
    accept.reset();
    dismiss.reset();
    setAsking(next);
  }
  async function decide(command: typeof accept, note: string): Promise<void> {
    await command.mutateAsync(note);
    setAsking(null);
    onDecided();
  }
  return (
    <>
      <div className={styles.actions}>
        {event.acceptable && <Button onClick={() => ask("accept")}>{texts.rejected.accept.action}</Button>}
        <Button variant="default" onClick={() => ask("dismiss")}>
          {texts.rejected.dismiss.action}
        </Button>
      </div>
      {!event.acceptable && <p className={styles.hint}>{texts.rejected.onlyDismiss}</p>}
      <ConfirmWithReason
        {...texts.rejected.accept}
        text={texts.rejected.accept.text(event.user_name)}
        opened={asking === "accept"}
        onClose={() => ask(null)}
        reason="optional"
        draft={`picking.accept:${id}`}
        pending={accept.isPending}
        error={accept.error}
        onConfirm={(note) => decide(accept, note)}
      />
      <ConfirmWithReason
        {...texts.rejected.dismiss}
        opened={asking === "dismiss"}
        onClose={() => ask(null)}
        draft={`picking.dismiss:${id}`}
        pending={dismiss.isPending}
        error={dismiss.error}
        onConfirm={(note) => decide(dismiss, note)}
      />
    </>
  );
}
