import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { shortId } from "~/components/copyable";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SearchFilter, SelectFilter } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { BatchProgress } from "./batch-progress";
import { pagingOf, SkuFilter, useListAddress } from "./list";
import { NarrowRow } from "./narrow-row";
import { type Batch, batchesQuery } from "./queries";
import { BATCH_STATES, optionsOf } from "./states";
import { LINE_TABS, Tabs } from "./tabs";
import { texts } from "./texts";

const STATES = optionsOf(BATCH_STATES);

/** The list of batches. */
export default function BatchesPage() {
  const address = useListAddress();
  const navigate = useNavigate();
  const query = useQuery(batchesQuery(address.filter, address.page));
  return (
    <>
      <PageHeader title={texts.batches.title} description={texts.batches.description} />
      <Tabs tabs={LINE_TABS} />
      <FilterBar active={address.active} onClear={address.clear}>
        <SearchFilter
          label={texts.filters.searchBatch}
          value={address.filter.q}
          onChange={(value) => address.set("q", value)}
        />
        <SelectFilter
          label={texts.filters.status}
          options={STATES}
          value={address.filter.status}
          onChange={(value) => address.set("status", value)}
        />
        <SkuFilter address={address} />
      </FilterBar>
      <DataGrid
        label={texts.batches.list}
        columns={BATCH_COLUMNS}
        narrow={narrowBatch}
        state={rowsOf(query, (page) => page.data)}
        paging={pagingOf(query, address)}
        rowId={(batch) => batch.id}
        onOpen={(batch) => void navigate(`/line/batches/${batch.id}`)}
        filtered={address.active}
        onClearFilters={address.clear}
        empty={<StateMessage kind="empty" title={texts.batches.empty} text={texts.batches.emptyHint} />}
      />
    </>
  );
}

const { columns } = texts;

const BATCH_COLUMNS: readonly Column<Batch>[] = [
  {
    id: "batch",
    header: columns.batch,
    width: "7rem",
    show: "medium",
    cell: ({ id }) => <span className="code">{shortId(id)}</span>,
  },
  { id: "notes", header: columns.notes, width: "minmax(0, 2fr)", cell: (batch) => <Notes batch={batch} /> },
  {
    id: "status",
    header: columns.status,
    width: "9rem",
    cell: ({ status }) => <StatusBadge state={status} states={BATCH_STATES} />,
  },
  { id: "sku", header: columns.sku, width: "minmax(0, 1fr)", show: "wide", cell: ({ sku }) => sku.skuCode ?? sku.name },
  {
    id: "progress",
    header: columns.progress,
    width: "12rem",
    show: "medium",
    cell: ({ packs, targetQuantity }) => <BatchProgress packs={packs} target={targetQuantity} />,
  },
  {
    id: "updated",
    header: columns.updated,
    width: "7rem",
    align: "end",
    show: "wide",
    cell: ({ updatedAt }) => <TimeAgo value={updatedAt} />,
  },
];

function Notes({ batch }: { batch: Batch }) {
  return batch.notes === undefined ? (
    <span>{texts.batches.unnamed}</span>
  ) : (
    <span title={batch.notes}>{batch.notes}</span>
  );
}

function narrowBatch(batch: Batch) {
  const { id, notes, packs, sku, status, targetQuantity, updatedAt } = batch;
  return (
    <NarrowRow
      title={notes ?? shortId(id)}
      badge={<StatusBadge state={status} states={BATCH_STATES} />}
      meta={`${sku.skuCode ?? sku.name} · ${texts.batch.planned(packs.total, targetQuantity)}`}
      time={updatedAt}
    />
  );
}
