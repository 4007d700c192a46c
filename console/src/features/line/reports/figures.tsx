import { Chart, type ChartPoint, type ChartSeries } from "~/components/chart";
import { KeyValueList } from "~/components/key-value-list";
import { Columns, Panel } from "~/components/panel";
import type { Report } from "./queries";
import styles from "./reports.module.css";
import { texts } from "./texts";
import { failuresOf, nameOf, percentOf } from "./values";

const MOST = 20;
const { charts, columns } = texts;
const FAILURES: readonly ChartSeries[] = [
  { name: "below", label: charts.below, color: "indigo.5" },
  { name: "above", label: charts.above, color: "orange.6" },
  { name: "missing", label: charts.missing, color: "grape.5" },
];

/** The total, and charts of yields, failures and capability. */
export function ReportFigures({ report }: { report: Report }) {
  return (
    <div className={styles.report}>
      <Columns>
        <Total report={report} />
        <Figure
          title={charts.yield}
          label={charts.yieldBy(texts.by[report.by])}
          nothing={charts.noYield}
          points={yieldsOf(report)}
          series={[{ name: "yield", label: charts.yield, color: "petrol.6" }]}
        />
        <Figure
          title={charts.failures}
          label={charts.failures}
          nothing={charts.noFailures}
          points={failurePoints(report)}
          series={FAILURES}
        />
        <Figure
          title={charts.cpk}
          label={charts.cpk}
          nothing={charts.noCpk}
          points={cpkPoints(report)}
          series={[{ name: "cpk", label: "Cpk", color: "petrol.6" }]}
        />
      </Columns>
      <p className={styles.hint}>{charts.most(MOST)}</p>
    </div>
  );
}

interface FigureProps {
  title: string;
  label: string;
  /** Why there is nothing to show. */
  nothing: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
}

function Figure({ title, label, nothing, points, series }: FigureProps) {
  return (
    <Panel title={title}>
      {points.length === 0 ? (
        <p className={styles.hint}>{nothing}</p>
      ) : (
        <Chart kind="bar" label={label} points={points} series={series} stacked={series.length > 1} />
      )}
    </Panel>
  );
}

function yieldsOf({ rows, by }: Report): readonly ChartPoint[] {
  return lowest(
    rows.flatMap((row) =>
      row.firstPassYield === null ? [] : [{ label: nameOf(row, by), value: round(row.firstPassYield * 100) }],
    ),
  ).map(({ label, value }) => ({ label, values: { yield: value } }));
}

function failurePoints({ rows }: Report): readonly ChartPoint[] {
  return failuresOf(rows)
    .slice(0, MOST)
    .map(({ name, below, above, missing }) => ({ label: name, values: { below, above, missing } }));
}

function cpkPoints({ rows, by }: Report): readonly ChartPoint[] {
  const all = rows.flatMap((row) =>
    row.measurements.flatMap(({ name, cpk }) =>
      cpk === null ? [] : [{ label: `${name}, ${nameOf(row, by)}`, value: round(cpk) }],
    ),
  );
  return lowest(all).map(({ label, value }) => ({ label, values: { cpk: value } }));
}

function lowest<One extends { value: number }>(all: readonly One[]): readonly One[] {
  return [...all].sort((one, other) => one.value - other.value).slice(0, MOST);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function Total({ report: { total, from, to, timezone } }: { report: Report }) {
  return (
    <Panel title={texts.total}>
      <p className={styles.hint}>{texts.days(from, to, timezone)}</p>
      <KeyValueList
        items={[
          { label: columns.firstPass, value: percentOf(total.firstPassYield) },
          { label: columns.firstDispositions, value: texts.ofPacks(total.firstPassed, total.firstDispositions) },
          { label: columns.finalYield, value: percentOf(total.finalYield) },
          { label: columns.passed, value: total.passed.toLocaleString("en") },
          { label: columns.failed, value: total.failed.toLocaleString("en") },
          { label: columns.quarantined, value: total.quarantined.toLocaleString("en") },
          { label: columns.testYield, value: percentOf(total.testYield) },
          { label: columns.tests, value: total.tests.toLocaleString("en") },
        ]}
      />
    </Panel>
  );
}
