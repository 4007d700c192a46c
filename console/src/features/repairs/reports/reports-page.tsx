import { useQuery } from "@tanstack/react-query";
import { fieldErrors } from "~/api/errors";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { groupingOf, REPORT_FILTERS, ReportFilters } from "~/components/report-filters";
import { SaveCsvButton } from "~/components/save-csv-button";
import { StateMessage } from "~/components/state-message";
import { ReportFigures } from "./figures";
import { type Report, type ReportFilter, type ReportRow, readReportCsv, reportQuery } from "./queries";
import styles from "./reports.module.css";
import { texts } from "./texts";
import { costsOf, hoursOf, keyOf, nameOf } from "./values";

/** What was opened, repaired and overdue, by ride, technician or zone: charts, a table, and the same as CSV. */
export default function ReportsPage() {
  const filters = useFilters(REPORT_FILTERS);
  const filter: ReportFilter = { ...filters.values, by: groupingOf(filters.values.by, texts.by) };
  const query = useQuery(reportQuery(filter));
  const report = query.data;
  return (
    <>
      <PageHeader
        title={texts.title}
        description={texts.description}
        actions={<SaveCsvButton read={() => readReportCsv(filter)} name={`work-orders-by-${filter.by}.csv`} />}
      />
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
        columns={columnsOf(report?.by ?? filter.by)}
        narrow={narrowRow}
        state={rowsOf(query, ({ rows }) => rows)}
        rowId={keyOf}
        empty={<StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />}
      />
    </>
  );
}

function number(of: (row: ReportRow) => string) {
  return (row: ReportRow) => <span className="numbers">{of(row)}</span>;
}

function columnsOf(by: Report["by"]): readonly Column<ReportRow>[] {
  const { columns } = texts;
  const end = { align: "end", width: "minmax(4.5rem, 1fr)" } as const;
  const wide = { align: "end", width: "minmax(8rem, 1fr)" } as const;
  const failures: Column<ReportRow> = {
    id: "failures",
    header: columns.failures,
    ...wide,
    show: "medium",
    cell: number((row) => hoursOf(row.meanTimeBetweenFailuresHours)),
  };
  return [
    {
      id: "name",
      header: texts.by[by],
      width: "minmax(0, 2fr)",
      cell: (row) => <span title={nameOf(row)}>{nameOf(row)}</span>,
    },
    { id: "opened", header: columns.opened, ...end, cell: number((row) => row.opened.toLocaleString("en")) },
    { id: "done", header: columns.done, ...end, cell: number((row) => row.done.toLocaleString("en")) },
    { id: "overdue", header: columns.overdue, ...end, cell: number((row) => row.overdue.toLocaleString("en")) },
    { id: "repair", header: columns.repair, ...wide, cell: number((row) => hoursOf(row.meanTimeToRepairHours)) },
    ...(by === "technician" ? [] : [failures]),
    { id: "labour", header: columns.labour, ...end, cell: number((row) => texts.labour(row.labourMinutes)) },
    {
      id: "parts",
      header: columns.parts,
      ...end,
      show: "medium",
      cell: number((row) => row.partsQuantity.toLocaleString("en")),
    },
    {
      id: "cost",
      header: columns.cost,
      ...wide,
      show: "medium",
      cell: number((row) => costsOf(row)),
    },
  ];
}

function narrowRow(row: ReportRow) {
  return (
    <div className={styles.narrow}>
      <div className={styles.top}>
        <span className={styles.name}>{nameOf(row)}</span>
        <span className="numbers">{texts.repair(hoursOf(row.meanTimeToRepairHours))}</span>
      </div>
      <div className={styles.below}>{texts.narrow(row.done, row.overdue, texts.labour(row.labourMinutes))}</div>
    </div>
  );
}
