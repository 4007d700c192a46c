import { Badge } from "~/components/status-badge";
import { placeOf } from "../limits";
import styles from "./capability.module.css";
import type { Measured } from "./queries";
import { texts } from "./texts";
import { capabilityTone, limitsText, numberOf, plotOf, plotText } from "./values";

const words = texts.capability;

/** How capable the process is of each limit: a plot, the figures, and Cp and Cpk. */
export function CapabilityList({ measurements }: { measurements: readonly Measured[] }) {
  if (measurements.length === 0) return <p className={styles.hint}>{words.none}</p>;
  return (
    <>
      <p className={styles.hint}>{words.hint}</p>
      <ul className={styles.list} aria-label={words.title}>
        {measurements.map((measured) => (
          <CapabilityItem
            key={`${measured.skuId} ${measured.source} ${measured.step} ${measured.name}`}
            {...measured}
          />
        ))}
      </ul>
    </>
  );
}

function CapabilityItem(measured: Measured) {
  const { name, source, step, unit, count, below, above, missing, mean, standardDeviation, cp, cpk } = measured;
  const deviation = standardDeviation === null ? null : numberOf(standardDeviation);
  return (
    <li className={styles.item}>
      <div className={styles.head}>
        <strong className={styles.name}>{name}</strong>
        {cp !== null && <Badge tone="neutral">{words.cp(numberOf(cp))}</Badge>}
        {cpk !== null && <Badge tone={capabilityTone(cpk)}>{words.cpk(numberOf(cpk))}</Badge>}
      </div>
      <p className={styles.hint}>
        {words.source(words.sources[source], step)} · {limitsText(measured)}
      </p>
      <CapabilityPlot measured={measured} />
      <p className={styles.hint}>
        {words.values(count)}
        {mean !== null && `, ${words.mean(numberOf(mean), deviation, unit)}`}
        {` · ${words.outside(below, above, missing)}`}
      </p>
    </li>
  );
}

/** The band is what passes, the mark is the mean, the line reaches three standard deviations to both sides. */
function CapabilityPlot({ measured }: { measured: Measured }) {
  const { min, max, mean, standardDeviation } = measured;
  const range = plotOf(measured);
  const low = min === null ? 0 : placeOf(min, range);
  const high = max === null ? 1 : placeOf(max, range);
  const spread = 3 * (standardDeviation ?? 0);
  return (
    <div className={styles.plot} role="img" aria-label={plotText(measured)}>
      <span
        className={styles.band}
        data-min={min !== null}
        data-max={max !== null}
        style={{ left: `${low * 100}%`, width: `${(high - low) * 100}%` }}
      />
      {mean !== null && (
        <>
          <span
            className={styles.spread}
            style={{
              left: `${placeOf(mean - spread, range) * 100}%`,
              right: `${(1 - placeOf(mean + spread, range)) * 100}%`,
            }}
          />
          <span className={styles.mean} style={{ left: `${placeOf(mean, range) * 100}%` }} />
        </>
      )}
    </div>
  );
}
