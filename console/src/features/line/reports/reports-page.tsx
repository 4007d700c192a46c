import { useQuery } from "@tanstack/react-query";
import { fieldErrors } from "~/api/errors";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { DetailDrawer } from "~/components/detail-drawer";
import { useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { groupingOf, REPORT_FILTERS, ReportFilters } from "~/components/report-filters";
import { SaveCsvButton } from "~/components/save-csv-button";
import { StateMessage } from "~/components/state-message";
import { LINE_TABS, Tabs } from "../tabs";
import { CapabilityList } from "./capability";
import { ReportFigures } from "./figures";
import { type Report, type ReportFilter, type ReportRow, readReportCsv, reportQuery } from "./queries";
import styles from "./reports.module.css";
import { texts } from "./texts";
import { keyOf, lowestCpk, nameOf, numberOf, percentOf } from "./values";

/** Yields, failures and capability by SKU, batch or station: charts, a table, and the same as CSV. */
export default function LineReportsPage() {
  const filters = useFilters(REPORT_FILTERS);
  const [open, setOpen] = useAddressValue("row");
  const filter: ReportFilter = { ...filters.values, by: groupingOf(filters.values.by, texts.by) };
  const query = useQuery(reportQuery(filter));
  const report = query.data;
  const by = report?.by ?? filter.by;
  const opened = report?.rows.find((row) => keyOf(row) === open);
  return (
    <>
      <PageHeader
        title={texts.title}
        description={texts.description}
        actions={<SaveCsvButton read={() => readReportCsv(filter)} name={`line-by-${filter.by}.csv`} />}
      />
      <Tabs tabs={LINE_TABS} />
      <ReportFilters
        filters={filters}
        groupings={texts.by}
        by={filter.by}
        report={report}
        refused={fieldErrors(query.error)}
      />
      {report !== undefined && report.rows.length > 0 && <ReportFigures report={report} />}
      <DataGrid
        label={texts.title}
        columns={columnsOf(by)}
        narrow={(row) => <NarrowRow row={row} by={by} />}
        state={rowsOf(query, ({ rows }) => rows)}
        rowId={keyOf}
        selected={open}
        onOpen={(row) => setOpen(keyOf(row))}
        empty={<StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />}
      />
      <DetailDrawer
        opened={opened !== undefined}
        onClose={() => setOpen(null)}
        title={opened === undefined ? "" : texts.capability.open(nameOf(opened, by))}
      >
        {opened !== undefined && <CapabilityList measurements={opened.measurements} />}
      </DetailDrawer>
    </>
  );
}

function number(of: (row: ReportRow) => string) {
  return (row: ReportRow) => <span className="numbers">{of(row)}</span>;
}

function columnsOf(by: Report["by"]): readonly Column<ReportRow>[] {
  const { columns } = texts;
  const end = { align: "end", width: "minmax(5rem, 1fr)" } as const;
  const wide = { align: "end", width: "minmax(8rem, 1fr)" } as const;
  return [
    {
      id: "name",
      header: texts.by[by],
      width: "minmax(0, 2fr)",
      cell: (row) => <span title={nameOf(row, by)}>{nameOf(row, by)}</span>,
    },
    { id: "firstPass", header: columns.firstPass, ...wide, cell: number((row) => percentOf(row.firstPassYield)) },
    { id: "final", header: columns.finalYield, ...wide, cell: number((row) => percentOf(row.finalYield)) },
    { id: "passed", header: columns.passed, ...end, cell: number((row) => row.passed.toLocaleString("en")) },
    { id: "failed", header: columns.failed, ...end, cell: number((row) => row.failed.toLocaleString("en")) },
    {
      id: "tests",
      header: columns.tests,
      ...end,
      show: "medium",
      cell: number((row) => row.tests.toLocaleString("en")),
    },
    {
      id: "testYield",
      header: columns.testYield,
      ...wide,
      show: "medium",
      cell: number((row) => percentOf(row.testYield)),
    },
    { id: "cpk", header: columns.lowestCpk, ...wide, show: "medium", cell: number((row) => numberOf(lowestCpk(row))) },
  ];
}

function NarrowRow({ row, by }: { row: ReportRow; by: Report["by"] }) {
  return (
    <div className={styles.narrow}>
      <div className={styles.top}>
        <span className={styles.name}>{nameOf(row, by)}</span>
        <span className="numbers">{percentOf(row.firstPassYield)}</span>
      </div>
      <div className={styles.below}>{texts.narrow(row.passed, row.failed, row.tests)}</div>
    </div>
  );
}
