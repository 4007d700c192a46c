import { useQuery } from "@tanstack/react-query";
import { fieldErrors } from "~/api/errors";
import { Chart, type ChartPoint } from "~/components/chart";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { useFilters } from "~/components/filters";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { groupingOf, REPORT_FILTERS, ReportFilters } from "~/components/report-filters";
import { SaveCsvButton } from "~/components/save-csv-button";
import { StateMessage } from "~/components/state-message";
import styles from "./picking.module.css";
import {
  type Performance,
  type PerformanceFilter,
  type PerformanceRow,
  performanceQuery,
  readPerformanceCsv,
} from "./queries";
import { texts } from "./texts";

const MOST_BARS = 20;
const { performance } = texts;

/** What was picked and how fast, by person, zone or day: charts, a table of all rows, and the same as CSV. */
export default function PerformancePage() {
  const filters = useFilters(REPORT_FILTERS);
  const filter: PerformanceFilter = { ...filters.values, by: groupingOf(filters.values.by, performance.by) };
  const query = useQuery(performanceQuery(filter));
  const report = query.data;
  return (
    <>
      <PageHeader
        title={performance.title}
        description={performance.description}
        actions={<SaveCsvButton read={() => readPerformanceCsv(filter)} name={`performance-by-${filter.by}.csv`} />}
      />
      <ReportFilters
        filters={filters}
        groupings={performance.by}
        by={filter.by}
        report={report}
        refused={fieldErrors(query.error)}
      />
      {report !== undefined && report.rows.length > 0 && <Figures report={report} />}
      <DataGrid
        label={performance.title}
        columns={columnsOf(report?.by ?? filter.by)}
        narrow={narrowRow}
        state={rowsOf(query, ({ rows }) => rows)}
        rowId={keyOf}
        empty={<StateMessage kind="empty" title={performance.empty} text={performance.emptyHint} />}
      />
    </>
  );
}

function Total({ report: { total, from, to, timezone } }: { report: Performance }) {
  const { columns } = performance;
  return (
    <Panel title={performance.total}>
      <p className={styles.hint}>{performance.days(from, to, timezone)}</p>
      <KeyValueList
        items={[
          { label: columns.units, value: total.units.toLocaleString("en") },
          { label: columns.hours, value: performance.hours(total.hours_worked) },
          { label: columns.rate, value: rateOf(total) },
          { label: columns.score, value: scoreOf(total) },
          { label: columns.unmatched, value: total.scans_without_line.toLocaleString("en") },
        ]}
      />
    </Panel>
  );
}

function Figures({ report }: { report: Performance }) {
  const { charts, by } = performance;
  const rows = report.by === "day" ? report.rows : byUnits(report.rows).slice(0, MOST_BARS);
  const points: readonly ChartPoint[] = rows.map((row) => ({
    label: nameOf(row),
    values: { units: row.units, rate: row.rate },
  }));
  return (
    <div className={styles.report}>
      <Columns>
        <Total report={report} />
        {(["units", "rate"] as const).map((name) => (
          <Panel key={name} title={charts[name]}>
            <Chart
              kind="bar"
              label={charts.of(charts[name], by[report.by])}
              points={points}
              series={[{ name, label: charts[name], color: name === "units" ? "petrol.6" : "indigo.5" }]}
            />
          </Panel>
        ))}
      </Columns>
      {rows.length < report.rows.length && <p className={styles.hint}>{charts.most(rows.length)}</p>}
    </div>
  );
}

function byUnits(rows: readonly PerformanceRow[]): readonly PerformanceRow[] {
  return [...rows].sort((one, other) => other.units - one.units);
}

function keyOf(row: PerformanceRow): string {
  return row.user_id ?? row.zone ?? row.day ?? "";
}

function nameOf({ user_id: id, user_name: name, zone, day }: PerformanceRow): string {
  return name ?? id ?? day ?? (zone || performance.noZone);
}

function rateOf({ rate }: Pick<PerformanceRow, "rate">): string {
  return rate === null ? performance.none : texts.pickers.rateOf(rate);
}

function scoreOf({ score_pct: score }: Pick<PerformanceRow, "score_pct">): string {
  return score === null ? performance.none : performance.score(score);
}

function number(of: (row: PerformanceRow) => string) {
  return (row: PerformanceRow) => <span className="numbers">{of(row)}</span>;
}

function columnsOf(by: Performance["by"]): readonly Column<PerformanceRow>[] {
  const { columns } = performance;
  const end = { align: "end", width: "minmax(5rem, 1fr)" } as const;
  return [
    {
      id: "name",
      header: performance.by[by],
      width: "minmax(0, 2fr)",
      cell: (row) => <span title={nameOf(row)}>{nameOf(row)}</span>,
    },
    { id: "units", header: columns.units, ...end, cell: number(({ units }) => units.toLocaleString("en")) },
    { id: "hours", header: columns.hours, ...end, cell: number((row) => performance.hours(row.hours_worked)) },
    { id: "rate", header: columns.rate, ...end, cell: number(rateOf) },
    { id: "score", header: columns.score, ...end, cell: number(scoreOf) },
    {
      id: "unmatched",
      header: columns.unmatched,
      ...end,
      show: "medium",
      cell: number(({ scans_without_line: scans }) => scans.toLocaleString("en")),
    },
  ];
}

function narrowRow(row: PerformanceRow) {
  return (
    <div className={styles.narrow}>
      <div className={styles.top}>
        <span className={styles.order}>{nameOf(row)}</span>
        <span className="numbers">{row.units.toLocaleString("en")}</span>
      </div>
      <div className={styles.below}>
        {performance.hours(row.hours_worked)} · {rateOf(row)} · {scoreOf(row)}
      </div>
    </div>
  );
}
