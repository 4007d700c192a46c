import type { CSSProperties } from "react";
import styles from "./progress-bar.module.css";
import type { Tone } from "./status-badge";

interface ProgressBarProps {
  done: number;
  total: number;
  /** Follows the numbers, such as `units`. */
  unit?: string;
  /** By default green once everything is done. */
  tone?: Tone;
}

/** Shows how much is done of a total, as numbers and as a bar. */
export function ProgressBar({ done, total, unit, tone }: ProgressBarProps) {
  const percent = total > 0 ? Math.min(100, (100 * done) / total) : 0;
  const style = {
    width: `${percent}%`,
    "--tone": `var(--tone-${tone ?? (percent === 100 ? "good" : "active")})`,
  } as CSSProperties;
  return (
    <span className={styles.progress}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.bar} style={{ ...style, display: "block" }} />
      </span>
      <span className={`${styles.text} numbers`}>
        {done.toLocaleString("en")} / {total.toLocaleString("en")}
        {unit === undefined ? "" : ` ${unit}`}
      </span>
    </span>
  );
}
