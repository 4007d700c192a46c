import { StepWithReason } from "~/components/step-with-reason";
import styles from "./picking.module.css";
import { acceptEvent, dismissEvent, keys, type RejectedEvent } from "./queries";
import { texts } from "./texts";

interface RejectedActionsProps {
  event: RejectedEvent;
  onDecided: () => void;
}

/** The two decisions about a rejected event. A refused one keeps the reason that was typed. */
export function RejectedActions({ event, onDecided }: RejectedActionsProps) {
  const { client_event_id: id, acceptable = false, user_name: name } = event;
  const { accept, dismiss, onlyDismiss } = texts.rejected;
  return (
    <>
      <div className={styles.actions}>
        <StepWithReason
          shown={acceptable}
          texts={{ ...accept, text: accept.text(name) }}
          variant="filled"
          reason="optional"
          draft={`picking.accept:${id}`}
          send={(note, header) => acceptEvent(id, note, header)}
          invalidates={[keys.all]}
          onDone={onDecided}
        />
        <StepWithReason
          texts={dismiss}
          draft={`picking.dismiss:${id}`}
          send={(note, header) => dismissEvent(id, note, header)}
          invalidates={[keys.all]}
          onDone={onDecided}
        />
      </div>
      {!acceptable && <p className={styles.hint}>{onlyDismiss}</p>}
    </>
  );
}
