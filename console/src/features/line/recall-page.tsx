import { Button } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import type { Schema } from "~/api/schema";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { toast } from "~/components/toast";
import { CodeSearch } from "./code-search";
import { csvOf, saveFile } from "./download";
import { tracePath } from "./links";
import styles from "./page.module.css";
import { affectedQuery } from "./queries";
import { affectedCsv, readAllAffected } from "./recall";
import { DISPOSITIONS, type Disposition, TRACED_STATES } from "./states";
import { Tabs, TRACE_TABS } from "./tabs";
import { texts } from "./texts";

const words = texts.recall;

type Affected = Schema<"Affected">;

/** Lists what holds cells of a lot now. */
export default function RecallPage() {
  const [lot, setLot] = useAddressValue("lot");
  return (
    <>
      <PageHeader
        title={words.title}
        description={words.description}
        actions={lot === null ? undefined : <DownloadButton key={lot} lot={lot} />}
      />
      <Tabs tabs={TRACE_TABS} />
      <CodeSearch label={words.lot} action={words.submit} value={lot ?? ""} onSearch={setLot} />
      {lot === null ? (
        <Panel>
          <StateMessage kind="empty" title={words.start} text={words.startHint} />
        </Panel>
      ) : (
        <Result key={lot} lot={lot} />
      )}
    </>
  );
}

function Result({ lot }: { lot: string }) {
  const navigate = useNavigate();
  const query = useInfiniteQuery(affectedQuery(lot));
  const { state, paging } = useCursorRows(query, affectedOf);
  const meta = query.data?.pages[0]?.meta;
  return (
    <div className={styles.stack}>
      {meta !== undefined && meta.totalCount > 0 && (
        <p className={styles.summary} role="status">
          {words.summary(meta.totalCount, meta.totalCells)}
        </p>
      )}
      <DataGrid
        label={words.list}
        columns={COLUMNS}
        narrow={narrowAffected}
        state={state}
        paging={paging}
        rowId={({ id }) => id}
        onOpen={({ kind, id, serial }) => void navigate(kind === "cell" ? tracePath(serial) : `/line/${kind}s/${id}`)}
        empty={<StateMessage kind="empty" title={words.empty} text={words.emptyHint} />}
      />
    </div>
  );
}

function affectedOf(page: Schema<"AffectedPage">): readonly Affected[] {
  return page.data;
}

/** Saves the whole list, with one row for each module. */
function DownloadButton({ lot }: { lot: string }) {
  const save = useMutation({
    mutationFn: () => readAllAffected(lot),
    onSuccess: (all) => saveFile(`recall-${lot}.csv`, "text/csv;charset=utf-8", csvOf(affectedCsv(all))),
    onError: (error) => toast.error(error),
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} />}
      loading={save.isPending}
      onClick={() => save.mutate()}
    >
      {words.download}
    </Button>
  );
}

const { columns } = texts;

const COLUMNS: readonly Column<Affected>[] = [
  { id: "kind", header: columns.kind, width: "5rem", show: "medium", cell: ({ kind }) => words.kinds[kind] },
  { id: "serial", header: columns.serial, width: "minmax(0, 2fr)", cell: (unit) => <Serial unit={unit} /> },
  {
    id: "status",
    header: columns.status,
    width: "9rem",
    cell: ({ status }) => <StatusBadge state={status} states={TRACED_STATES} />,
  },
  {
    id: "disposition",
    header: columns.disposition,
    width: "8.5rem",
    show: "medium",
    cell: ({ disposition }) => (disposition === undefined ? "–" : <Decided disposition={disposition} />),
  },
  {
    id: "modules",
    header: columns.withCells,
    width: "minmax(0, 2fr)",
    show: "wide",
    cell: (unit) => <span className="code">{modulesOf(unit)}</span>,
  },
  {
    id: "cells",
    header: columns.cells,
    width: "4.5rem",
    align: "end",
    show: "medium",
    cell: ({ cells }) => <span className="numbers">{cells.toLocaleString("en")}</span>,
  },
];

function Serial({ unit: { serial } }: { unit: Affected }) {
  return (
    <span className="code" title={serial}>
      {serial}
    </span>
  );
}

function Decided({ disposition }: { disposition: string }) {
  return <StatusBadge state={disposition as Disposition} states={DISPOSITIONS} />;
}

function modulesOf({ modules }: Affected): string {
  return modules.map(({ serial }) => serial).join(", ");
}

function narrowAffected(unit: Affected) {
  return (
    <div className={styles.narrow}>
      <div className={styles.narrowLine}>
        <Serial unit={unit} />
        {unit.disposition === undefined ? (
          <StatusBadge state={unit.status} states={TRACED_STATES} />
        ) : (
          <Decided disposition={unit.disposition} />
        )}
      </div>
      <p className={styles.note}>
        {words.kinds[unit.kind]} · {texts.tracing.parts(unit.cells)}
      </p>
    </div>
  );
}
