import type { CSSProperties, ReactNode } from "react";
import { DateTime } from "./date-time";
import type { Tone } from "./status-badge";
import styles from "./timeline.module.css";

export interface TimelineEntry {
  key: string;
  /** When it happened, in UTC. */
  at: string;
  title: ReactNode;
  /** Who did it. */
  actor?: ReactNode;
  tone?: Tone;
  /** What belongs to it: a note, photos, changes. */
  more?: ReactNode;
}

/** Shows what happened, in the given order. */
export function Timeline({ entries, label }: { entries: readonly TimelineEntry[]; label: string }) {
  return (
    <ol className={styles.timeline} aria-label={label}>
      {entries.map(({ key, at, title, actor, tone = "neutral", more }) => (
        <li
          key={key}
          className={styles.entry}
          style={{ "--tone": `var(--tone-${tone})`, "--soft": `var(--tone-${tone}-soft)` } as CSSProperties}
        >
          <span className={styles.dot} aria-hidden="true" />
          <div>
            <p className={styles.title}>{title}</p>
            <p className={styles.meta}>
              <DateTime value={at} />
              {actor !== undefined && <> · {actor}</>}
            </p>
            {more !== undefined && <div className={styles.more}>{more}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
