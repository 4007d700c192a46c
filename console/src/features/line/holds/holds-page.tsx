import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useCan } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SearchFilter, SelectFilter, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { tracePath } from "../links";
import { NarrowRow } from "../narrow-row";
import { optionsOf } from "../states";
import { LINE_TABS, Tabs } from "../tabs";
import { NewHold } from "./new-hold";
import { MAY_HOLD } from "./permissions";
import { HOLD_KINDS, HOLD_STATES, type Hold, holdsQuery } from "./queries";
import { ReleaseHold } from "./release-hold";
import { texts } from "./texts";

const FILTERS = ["status", "kind", "value"] as const;
const STATES = optionsOf(HOLD_STATES);
const KINDS = HOLD_KINDS.map((value) => ({ value, label: texts.kinds[value] }));

/** All holds with their filters; a row leads to what is held. */
export default function HoldsPage() {
  const navigate = useNavigate();
  const mayRelease = useCan()(MAY_HOLD.release);
  const filters = useFilters(FILTERS);
  const { values, set } = filters;
  const [asked, ask] = useState<Hold | null>(null);
  const { state, paging } = useCursorRows(useInfiniteQuery(holdsQuery(values)), holdsOf);
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} actions={<NewHold />} />
      <Tabs tabs={LINE_TABS} />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SearchFilter label={texts.filters.value} value={values.value} onChange={(value) => set("value", value)} />
        <SelectFilter
          label={texts.filters.status}
          options={STATES}
          allLabel={texts.all}
          value={values.status}
          onChange={(value) => set("status", value)}
        />
        <SelectFilter
          label={texts.filters.kind}
          options={KINDS}
          value={values.kind}
          onChange={(value) => set("kind", value)}
        />
      </FilterBar>
      <DataGrid
        label={texts.list}
        columns={mayRelease ? [...COLUMNS, releaseColumn(ask)] : COLUMNS}
        narrow={(hold) => narrowHold(hold, mayRelease ? ask : null)}
        state={state}
        paging={paging}
        rowId={({ id }) => id}
        onOpen={(hold) => void navigate(heldPath(hold))}
        filtered={filters.active}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />}
      />
      {asked !== null && <ReleaseHold key={asked.id} hold={asked} onClose={() => ask(null)} />}
    </>
  );
}

function holdsOf(page: { data: readonly Hold[] }): readonly Hold[] {
  return page.data;
}

/** Return the address of what is held: the batch, the trace of the serial number, or where the lot is. */
export function heldPath({ kind, value }: Pick<Hold, "kind" | "value">): string {
  if (kind === "BATCH") return `/line/batches/${encodeURIComponent(value)}`;
  return kind === "LOT" ? `/trace/recall?lot=${encodeURIComponent(value)}` : tracePath(value);
}

const { columns } = texts;

const COLUMNS: readonly Column<Hold>[] = [
  { id: "value", header: columns.value, width: "minmax(0, 1.5fr)", cell: (hold) => <Value hold={hold} /> },
  { id: "kind", header: columns.kind, width: "8rem", show: "wide", cell: ({ kind }) => texts.kinds[kind] },
  { id: "reason", header: columns.reason, width: "minmax(0, 2fr)", show: "medium", cell: reasonOf },
  {
    id: "status",
    header: columns.status,
    width: "7rem",
    cell: ({ status }) => <StatusBadge state={status} states={HOLD_STATES} />,
  },
  {
    id: "held",
    header: columns.held,
    width: "11rem",
    show: "medium",
    cell: ({ heldAt, heldBy }) => (
      <span>
        <TimeAgo value={heldAt} /> {texts.by(heldBy)}
      </span>
    ),
  },
];

function Value({ hold: { value } }: { hold: Hold }) {
  return (
    <span className="code" title={value}>
      {value}
    </span>
  );
}

function reasonOf({ reason, releasedBy, releaseReason }: Hold): string {
  return releasedBy === undefined ? reason : `${reason} · ${texts.releasedBy(releasedBy, releaseReason ?? "")}`;
}

type Ask = (hold: Hold) => void;

function releaseColumn(ask: Ask): Column<Hold> {
  return {
    id: "actions",
    header: columns.actions,
    width: "7rem",
    align: "end",
    cell: (hold) => <ReleaseButton hold={hold} ask={ask} />,
  };
}

function ReleaseButton({ hold, ask }: { hold: Hold; ask: Ask }) {
  if (hold.status !== "OPEN") return null;
  return (
    <Button
      variant="default"
      size="compact-sm"
      aria-label={texts.release.actionOf(hold.value)}
      onClick={(event) => {
        event.stopPropagation();
        ask(hold);
      }}
    >
      {texts.release.action}
    </Button>
  );
}

function narrowHold(hold: Hold, ask: Ask | null) {
  return (
    <NarrowRow
      title={<Value hold={hold} />}
      badge={
        ask !== null && hold.status === "OPEN" ? (
          <ReleaseButton hold={hold} ask={ask} />
        ) : (
          <StatusBadge state={hold.status} states={HOLD_STATES} />
        )
      }
      meta={`${texts.kinds[hold.kind]} · ${reasonOf(hold)}`}
      time={hold.heldAt}
    />
  );
}
