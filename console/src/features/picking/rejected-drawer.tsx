import { useState } from "react";
import { Copyable } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { KeyValueList } from "~/components/key-value-list";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import styles from "./picking.module.css";
import type { RejectedEvent } from "./queries";
import { RejectedActions } from "./rejected-actions";
import { kindInWords, reasonInWords } from "./rejected-words";
import { REJECTED_STATES } from "./states";
import { texts } from "./texts";

interface RejectedDrawerProps {
  eventId: string | null;
  /** The events of the list. */
  events: readonly RejectedEvent[];
  /** Whether the list is still being read. */
  loading: boolean;
  onClose: () => void;
}

/** A rejected event and the decision about it. It stays as it was last seen when it leaves the list meanwhile. */
export function RejectedDrawer({ eventId, events, loading, onClose }: RejectedDrawerProps) {
  const listed = events.find(({ client_event_id: id }) => id === eventId);
  const [seen, setSeen] = useState(listed);
  if (listed !== undefined && listed !== seen) setSeen(listed);
  const event = listed ?? (seen?.client_event_id === eventId ? seen : undefined);
  return (
    <DetailDrawer
      opened={eventId !== null}
      onClose={onClose}
      title={event === undefined ? texts.rejected.unknown : kindInWords(event)}
      badge={listed && <StatusBadge state={listed.status} states={REJECTED_STATES} />}
    >
      {event !== undefined && listed === undefined && <p className={styles.hint}>{texts.rejected.gone}</p>}
      {event !== undefined && <Detail event={event} onDecided={onClose} />}
      {event === undefined && !loading && (
        <StateMessage kind="missing" title={texts.rejected.missing} text={texts.rejected.missingHint} />
      )}
    </DetailDrawer>
  );
}

function Detail({ event, onDecided }: { event: RejectedEvent; onDecided: () => void }) {
  return (
    <>
      {event.status === "open" && <RejectedActions key={event.client_event_id} event={event} onDecided={onDecided} />}
      <DrawerSection title={texts.rejected.why}>
        <p className={styles.reason}>{reasonInWords(event.reason)}</p>
      </DrawerSection>
      {event.status !== "open" && (
        <DrawerSection title={texts.rejected.decision}>
          <Decision event={event} />
        </DrawerSection>
      )}
      <DrawerSection title={texts.rejected.facts}>
        <Facts event={event} />
      </DrawerSection>
    </>
  );
}

function Decision({ event }: { event: RejectedEvent }) {
  const { decided, note, byScanner } = texts.rejected;
  return (
    <>
      {event.decided_by === undefined && <p className={styles.hint}>{byScanner}</p>}
      <KeyValueList
        items={[
          { label: decided, value: event.decided_at && <DateTime value={event.decided_at} /> },
          { label: note, value: event.note },
        ]}
      />
    </>
  );
}

function Facts({ event }: { event: RejectedEvent }) {
  const { columns, happened, scanned, device, id, code } = texts.rejected;
  return (
    <KeyValueList
      items={[
        { label: columns.person, value: event.user_name },
        { label: scanned, value: event.raw && <Copyable text={event.raw} /> },
        { label: columns.order, value: event.assignment_id && <Copyable text={event.assignment_id} /> },
        { label: happened, value: event.happened_at && <DateTime value={event.happened_at} /> },
        { label: columns.received, value: <DateTime value={event.received_at} /> },
        { label: device, value: event.device_id },
        { label: code, value: <span className="code">{event.reason}</span> },
        { label: id, value: <Copyable text={event.client_event_id} /> },
      ]}
    />
  );
}
