import { Button, Select } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { fieldErrors } from "~/api/errors";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { ErrorNote } from "~/components/error-note";
import { DateFilter, FilterBar, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { saveFile } from "~/components/save-file";
import { StateMessage } from "~/components/state-message";
import { ReportFigures } from "./figures";
import { type Report, type ReportFilter, type ReportRow, readReportCsv, reportQuery } from "./queries";
import styles from "./reports.module.css";
import { texts } from "./texts";
import { costsOf, hoursOf, keyOf, nameOf } from "./values";

const FILTERS = ["by", "from", "to"] as const;
const GROUPINGS = Object.entries(texts.by).map(([value, label]) => ({ value, label }));

/** What was opened, repaired and overdue, by ride, technician or zone: charts, a table, and the same as CSV. */
export default function ReportsPage() {
  const { values, set, clear, active } = useFilters(FILTERS);
  const filter: ReportFilter = { ...values, by: byOf(values.by) };
  const query = useQuery(reportQuery(filter));
  const report = query.data;
  const refused = fieldErrors(query.error);
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} actions={<SaveButton filter={filter} />} />
      <FilterBar active={active} onClear={clear}>
        <Select
          label={texts.filters.by}
          data={GROUPINGS}
          value={filter.by}
          allowDeselect={false}
          onChange={(by) => set("by", by === "ride" ? "" : (by ?? ""))}
        />
        {(["from", "to"] as const).map((name) => (
          <DateFilter
            key={name}
            label={texts.filters[name]}
            value={values[name]}
            error={refused[name]}
            onChange={(day) => set(name, day)}
          />
        ))}
      </FilterBar>
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

function byOf(value: string): Report["by"] {
  return value === "technician" || value === "zone" ? value : "ride";
}

function SaveButton({ filter }: { filter: ReportFilter }) {
  const save = useMutation({
    mutationFn: () => readReportCsv(filter),
    onSuccess: (csv) => saveFile(csv, `work-orders-by-${filter.by}.csv`),
  });
  return (
    <>
      <ErrorNote error={save.error} />
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        {texts.save}
      </Button>
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
