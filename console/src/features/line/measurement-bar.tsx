import { Badge, type Tone } from "~/components/status-badge";
import type { Decimal } from "./decimals";
import { judge, type Limit, placeOf, rangeOf, type Verdict } from "./limits";
import styles from "./measurement-bar.module.css";
import { texts } from "./texts";

interface MeasurementBarProps {
  value?: Decimal | undefined;
  limit: Limit;
}

/** Shows where a value stands between its limits: the band is what passes, the mark is the value. */
export function MeasurementBar({ value, limit }: MeasurementBarProps) {
  const range = rangeOf(limit);
  const low = limit.min === undefined ? 0 : placeOf(Number(limit.min), range);
  const high = limit.max === undefined ? 1 : placeOf(Number(limit.max), range);
  const verdict = judge(value, limit);
  const measured = value === undefined ? undefined : `${value} ${limit.unit}`;
  return (
    <div className={styles.bar} role="img" aria-label={texts.limit.bar(measured, limitText(limit))}>
      <div className={styles.track}>
        <span
          className={styles.band}
          data-min={limit.min !== undefined}
          data-max={limit.max !== undefined}
          style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }}
        />
        {value !== undefined && (
          <span
            className={styles.mark}
            data-outside={verdict.kind !== "within"}
            style={{ left: `${placeOf(Number(value), range) * 100}%` }}
          />
        )}
      </div>
      <div className={styles.scale} aria-hidden="true">
        {limit.min !== undefined && <span style={{ left: `${low * 100}%` }}>{limit.min}</span>}
        {limit.max !== undefined && limit.max !== limit.min && (
          <span style={{ left: `${high * 100}%` }}>{limit.max}</span>
        )}
      </div>
    </div>
  );
}

const TONES: Readonly<Record<Verdict["kind"], Tone>> = {
  within: "good",
  missing: "neutral",
  unlimited: "neutral",
  below: "bad",
  above: "bad",
};

/** Says in words how a value relates to its limit. */
export function VerdictBadge({ verdict, unit }: { verdict: Verdict; unit: string }) {
  return <Badge tone={TONES[verdict.kind]}>{verdictText(verdict, unit)}</Badge>;
}

export function verdictText(verdict: Verdict, unit: string): string {
  if (verdict.kind === "below" || verdict.kind === "above") return texts.verdict[verdict.kind](verdict.by, unit);
  return texts.verdict[verdict.kind];
}

export function limitText({ min, max, unit }: Limit): string {
  if (min !== undefined && max !== undefined) return texts.limit.between(min, max, unit);
  return min === undefined ? texts.limit.atMost(max ?? "", unit) : texts.limit.atLeast(min, unit);
}
