import { PlainTable } from "~/components/plain-table";
import { Badge, StatusBadge } from "~/components/status-badge";
import { formatDuration } from "~/components/time";
import styles from "./picking.module.css";
import type { Picker } from "./queries";
import { PAUSES } from "./states";
import { texts } from "./texts";

/** Everybody who has worked on an assignment, with units, time, rate and score. */
export function PickerTable({ pickers }: { pickers: readonly Picker[] }) {
  if (pickers.length === 0) return <p className={styles.hint}>{texts.detail.noPickers}</p>;
  const { name, units, worked, rate, score } = texts.pickers;
  return (
    <PlainTable label={texts.detail.pickers} headers={[name, units, worked, rate, score]}>
      {pickers.map((picker) => (
        <Row key={picker.user_id} picker={picker} />
      ))}
    </PlainTable>
  );
}

function Row({ picker }: { picker: Picker }) {
  const { rate, score_pct: score } = picker;
  return (
    <tr>
      <td>
        <span className={styles.name}>{picker.name}</span>
        <Activity picker={picker} />
      </td>
      <td>{picker.units.toLocaleString("en")}</td>
      <td>{formatDuration(picker.worked_seconds)}</td>
      <td>{rate === undefined ? "–" : texts.pickers.rateOf(rate)}</td>
      <td>{score === undefined ? "–" : `${score.toLocaleString("en")} %`}</td>
    </tr>
  );
}

function Activity({ picker: { holds, pause } }: { picker: Picker }) {
  if (pause !== undefined) return <StatusBadge state={pause} states={PAUSES} />;
  return <Badge tone={holds ? "active" : "neutral"}>{holds ? texts.pickers.holds : texts.pickers.left}</Badge>;
}
