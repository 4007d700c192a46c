import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { useCan } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { DateTime } from "~/components/date-time";
import { FilterBar, SelectFilter, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { type States, StatusBadge } from "~/components/status-badge";
import { toast } from "~/components/toast";
import { NarrowRow } from "../narrow-row";
import { keys } from "../queries";
import { optionsOf } from "../states";
import { RefusalNote } from "../steps/refusal-note";
import { Tabs, TRACE_TABS } from "../tabs";
import styles from "./lots.module.css";
import { NewLot } from "./new-lot";
import { MAY_LOT } from "./permissions";
import { changeLot, type Lot, type LotStatus, lotsQuery } from "./queries";
import { texts } from "./texts";

const FILTERS = ["status"] as const;
const STATES: States<LotStatus> = {
  RELEASED: { label: texts.states.RELEASED, tone: "good" },
  BLOCKED: { label: texts.states.BLOCKED, tone: "bad" },
};
const OPTIONS = optionsOf(STATES);

function lotsOf({ data }: { data: readonly Lot[] }): readonly Lot[] {
  return data;
}

/** The list of lots of cells; QA blocks and releases them. */
export default function LotsPage() {
  const filters = useFilters(FILTERS);
  const [asked, ask] = useState<Lot | null>(null);
  const mayChange = useCan()(MAY_LOT.change);
  const { state, paging } = useCursorRows(useInfiniteQuery(lotsQuery(filters.values.status)), lotsOf);
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} actions={<NewLot />} />
      <Tabs tabs={TRACE_TABS} />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SelectFilter
          label={texts.columns.status}
          options={OPTIONS}
          value={filters.values.status}
          onChange={(value) => filters.set("status", value)}
        />
      </FilterBar>
      <DataGrid
        label={texts.list}
        columns={mayChange ? [...COLUMNS, stepsColumn(ask)] : COLUMNS}
        narrow={(lot) => <NarrowLot lot={lot} ask={mayChange ? ask : null} />}
        state={state}
        paging={paging}
        rowId={({ lot }) => lot}
        filtered={filters.active}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />}
      />
      {asked !== null && <ChangeLot key={asked.lot} lot={asked} onClose={() => ask(null)} />}
    </>
  );
}

function ChangeLot({ lot, onClose }: { lot: Lot; onClose: () => void }) {
  const words = lot.status === "BLOCKED" ? texts.release : texts.block;
  const status = lot.status === "BLOCKED" ? "RELEASED" : "BLOCKED";
  const command = useCommand({
    send: (reason: string, headers) => changeLot(lot, { status, reason }, headers),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title(lot.lot)}
      text={words.text}
      action={words.action}
      danger={status === "BLOCKED"}
      draft={`line.lot:${lot.lot}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} />}
      onConfirm={async (reason) => {
        await command.mutateAsync(reason);
        onClose();
      }}
    />
  );
}

const { columns } = texts;

const COLUMNS: readonly Column<Lot>[] = [
  {
    id: "lot",
    header: columns.lot,
    width: "minmax(0, 1.5fr)",
    cell: ({ lot }) => (
      <span className="code" title={lot}>
        {lot}
      </span>
    ),
  },
  {
    id: "status",
    header: columns.status,
    width: "7.5rem",
    cell: ({ status }) => <StatusBadge state={status} states={STATES} />,
  },
  {
    id: "supplier",
    header: columns.supplier,
    width: "minmax(0, 1.5fr)",
    show: "medium",
    cell: ({ supplier, supplierLot }) => [supplier, supplierLot].filter((part) => part !== undefined).join(", ") || "–",
  },
  {
    id: "quantity",
    header: columns.quantity,
    width: "9rem",
    align: "end",
    show: "wide",
    cell: ({ quantity }) => <span className="numbers">{quantity?.toLocaleString("en") ?? "–"}</span>,
  },
  {
    id: "received",
    header: columns.received,
    width: "8rem",
    align: "end",
    show: "wide",
    cell: ({ receivedAt }) => (receivedAt === undefined ? "–" : <DateTime value={receivedAt} />),
  },
  {
    id: "reason",
    header: columns.reason,
    width: "minmax(0, 2fr)",
    show: "medium",
    cell: ({ reason }) => <span title={reason}>{reason ?? "–"}</span>,
  },
];

function stepsColumn(ask: (lot: Lot) => void): Column<Lot> {
  return {
    id: "steps",
    header: columns.steps,
    width: "6rem",
    align: "end",
    cell: (lot) => <StepButton lot={lot} ask={ask} />,
  };
}

function StepButton({ lot, ask }: { lot: Lot; ask: (lot: Lot) => void }) {
  const words = lot.status === "BLOCKED" ? texts.release : texts.block;
  return (
    <Button
      className={styles.step ?? ""}
      size="compact-sm"
      variant="subtle"
      aria-label={words.actionOf(lot.lot)}
      onClick={() => ask(lot)}
    >
      {words.action}
    </Button>
  );
}

function NarrowLot({ lot, ask }: { lot: Lot; ask: ((lot: Lot) => void) | null }) {
  return (
    <NarrowRow
      title={<span className="code">{lot.lot}</span>}
      badge={
        <span className={styles.narrow}>
          <StatusBadge state={lot.status} states={STATES} />
          {ask !== null && <StepButton lot={lot} ask={ask} />}
        </span>
      }
      meta={lot.reason ?? lot.supplier ?? "–"}
      time={lot.createdAt}
    />
  );
}
