import { useQuery } from "@tanstack/react-query";
import { shortId } from "~/components/copyable";
import type { Column } from "~/components/data-grid";
import { TimeAgo } from "~/components/date-time";
import { StatusBadge } from "~/components/status-badge";
import { BatchProgress } from "./batch-progress";
import { NewBatch } from "./create/new-batch";
import { SkuFilter, useListAddress } from "./list";
import { ListPage } from "./list-page";
import { NarrowRow } from "./narrow-row";
import { type Batch, batchesQuery } from "./queries";
import { BATCH_STATES, optionsOf } from "./states";
import { texts } from "./texts";

const STATES = optionsOf(BATCH_STATES);

/** The list of batches. */
export default function BatchesPage() {
  const address = useListAddress();
  return (
    <ListPage
      words={texts.batches}
      search={texts.filters.searchBatch}
      states={STATES}
      filters={<SkuFilter address={address} />}
      actions={<NewBatch />}
      address={address}
      query={useQuery(batchesQuery(address.filter, address.page))}
      columns={BATCH_COLUMNS}
      narrow={narrowBatch}
      details="/line/batches"
    />
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
