import { IconUsers } from "@tabler/icons-react";
import { DateTime } from "~/components/date-time";
import styles from "./conflict-note.module.css";
import type { WorkOrderDetail } from "./queries";
import { stateName } from "./states";
import { texts } from "./texts";
import { titleOf } from "./timeline";

interface ConflictNoteProps {
  order: WorkOrderDetail;
  /** The version that the person had seen. */
  openedAt: number;
}

/** Shows what others did with a work order since the person looked. */
export function ConflictNote({ order, openedAt }: ConflictNoteProps) {
  const { conflict } = texts;
  return (
    <div className={styles.note} role="alert">
      <IconUsers size={18} className={styles.icon} aria-hidden="true" />
      <div>
        <p className={styles.title}>{conflict.title}</p>
        <p>{conflict.text}</p>
        <ul className={styles.changes}>
          {changesSince(order, openedAt).map((entry) => (
            <li key={`${entry.at} ${entry.action}`}>
              {titleOf(entry)} · {entry.actor} · <DateTime value={entry.at} />
            </li>
          ))}
        </ul>
        <p>{conflict.now(stateName(order.state), order.technician)}</p>
      </div>
    </div>
  );
}

/** Each version is one entry of the timeline; photos have entries and no version. */
function changesSince({ timeline, version }: WorkOrderDetail, openedAt: number) {
  const versions = timeline.filter(({ action }) => !action.startsWith("PHOTO_"));
  return versions.slice(-Math.max(1, version - openedAt));
}
