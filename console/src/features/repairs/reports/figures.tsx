import { Chart } from "~/components/chart";
import { KeyValueList } from "~/components/key-value-list";
import { Columns, Panel } from "~/components/panel";
import type { Report, ReportRow } from "./queries";
import styles from "./reports.module.css";
import { texts } from "./texts";
import { costsOf, hoursOf, nameOf } from "./values";

const MOST_BARS = 20;
const { charts, columns } = texts;
const CHARTS = [
  { name: "repair", color: "petrol.6", of: (row: ReportRow) => row.meanTimeToRepairHours },
  { name: "overdue", color: "indigo.5", of: (row: ReportRow) => row.overdue },
] as const;

/** The total, and charts of the time to repair and of what was overdue. */
export function ReportFigures({ report }: { report: Report }) {
  return (
    <div className={styles.report}>
      <Columns>
        <Total report={report} />
        {CHARTS.map(({ name, color, of }) => (
          <Panel key={name} title={charts[name]}>
            {report.rows.every((row) => of(row) === null) && <p className={styles.hint}>{charts.nothing}</p>}
            {report.rows.some((row) => of(row) !== null) && (
              <Chart
                kind="bar"
                label={charts.of(charts[name], texts.by[report.by])}
                points={highest(report.rows, of).map((row) => ({ label: nameOf(row), values: { [name]: of(row) } }))}
                series={[{ name, label: charts[name], color }]}
              />
            )}
          </Panel>
        ))}
      </Columns>
      {report.rows.length > MOST_BARS && <p className={styles.hint}>{charts.most(MOST_BARS)}</p>}
    </div>
  );
}

function highest(rows: readonly ReportRow[], of: (row: ReportRow) => number | null): readonly ReportRow[] {
  return [...rows].sort((one, other) => (of(other) ?? -1) - (of(one) ?? -1)).slice(0, MOST_BARS);
}

function Total({ report: { total, from, to, timezone } }: { report: Report }) {
  return (
    <Panel title={texts.total}>
      <p className={styles.hint}>{texts.days(from, to, timezone)}</p>
      <KeyValueList
        items={[
          { label: columns.opened, value: total.opened.toLocaleString("en") },
          { label: columns.done, value: total.done.toLocaleString("en") },
          { label: columns.overdue, value: total.overdue.toLocaleString("en") },
          { label: columns.repair, value: hoursOf(total.meanTimeToRepairHours) },
          { label: columns.failures, value: hoursOf(total.meanTimeBetweenFailuresHours) },
          { label: columns.labour, value: texts.labour(total.labourMinutes) },
          { label: columns.parts, value: total.partsQuantity.toLocaleString("en") },
          { label: columns.cost, value: costsOf(total) },
        ]}
      />
    </Panel>
  );
}
