import type { ReactNode } from "react";
import { TimeAgo } from "~/components/date-time";
import styles from "./narrow-row.module.css";

interface NarrowRowProps {
  title: ReactNode;
  badge: ReactNode;
  meta: ReactNode;
  /** When it last changed. */
  time: string;
}

/** A row of a list on a phone: two lines. */
export function NarrowRow({ title, badge, meta, time }: NarrowRowProps) {
  return (
    <div className={styles.row}>
      <div className={styles.line}>
        <span className={styles.text}>{title}</span>
        {badge}
      </div>
      <div className={`${styles.line} ${styles.meta}`}>
        <span className={styles.text}>{meta}</span>
        <TimeAgo value={time} />
      </div>
    </div>
  );
}
