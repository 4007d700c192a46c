import type { ReactNode } from "react";
import { judge, type Limits, type Measurement } from "./limits";
import { limitText, MeasurementBar, VerdictBadge } from "./measurement-bar";
import styles from "./measurement-list.module.css";

interface MeasurementListProps {
  label: string;
  measurements: Readonly<Record<string, Measurement>>;
  limits: Limits;
}

/** Shows measured values against their limits. Limits without a value are listed last. */
export function MeasurementList({ label, measurements, limits }: MeasurementListProps) {
  const unmeasured = Object.keys(limits).filter((name) => measurements[name] === undefined);
  return (
    <ul className={styles.list} aria-label={label}>
      {Object.entries(measurements).map(([name, { value, unit }]) => {
        const limit = limits[name];
        return (
          <Row
            key={name}
            name={name}
            value={`${value} ${unit}`}
            bar={limit === undefined ? null : <MeasurementBar value={value} limit={limit} />}
            verdict={<VerdictBadge verdict={judge(value, limit)} unit={unit} />}
          />
        );
      })}
      {unmeasured.map((name) => (
        <Row
          key={name}
          name={name}
          value="–"
          bar={null}
          verdict={<VerdictBadge verdict={{ kind: "missing" }} unit="" />}
        />
      ))}
    </ul>
  );
}

/** Shows limits by themselves. */
export function LimitList({ label, limits }: { label: string; limits: Limits }) {
  return (
    <ul className={styles.list} aria-label={label}>
      {Object.entries(limits).map(([name, limit]) => (
        <Row key={name} name={name} value={limitText(limit)} bar={<MeasurementBar limit={limit} />} verdict={null} />
      ))}
    </ul>
  );
}

interface RowProps {
  name: string;
  value: ReactNode;
  bar: ReactNode;
  verdict: ReactNode;
}

function Row({ name, value, bar, verdict }: RowProps) {
  return (
    <li className={styles.row}>
      <span className={styles.name}>{name}</span>
      <span className={`numbers ${styles.value}`}>{value}</span>
      <span className={styles.bar}>{bar}</span>
      {verdict !== null && <span className={styles.verdict}>{verdict}</span>}
    </li>
  );
}
