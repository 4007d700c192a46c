import styles from "./batch-progress.module.css";
import type { Batch } from "./queries";
import { texts } from "./texts";

interface BatchProgressProps {
  packs: Batch["packs"];
  target: number | undefined;
}

/** Shows how many packs passed, failed or are open, of those that are planned. */
export function BatchProgress({ packs, target }: BatchProgressProps) {
  const { passed, failed, open, total } = packs;
  const all = Math.max(target ?? 0, total, 1);
  const parts = [
    { tone: "good", count: passed },
    { tone: "bad", count: failed },
    { tone: "info", count: open },
  ] as const;
  return (
    <span className={styles.progress}>
      <span className={styles.bar} role="img" aria-label={texts.batch.bar(passed, failed, open)}>
        {parts.map(({ tone, count }) => (
          <span key={tone} style={{ width: `${(100 * count) / all}%`, background: `var(--tone-${tone})` }} />
        ))}
      </span>
      <span className={`numbers ${styles.count}`}>
        {total.toLocaleString("en")}
        {target !== undefined && ` / ${target.toLocaleString("en")}`}
      </span>
    </span>
  );
}
