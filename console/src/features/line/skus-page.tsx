import { useQuery } from "@tanstack/react-query";
import type { Column } from "~/components/data-grid";
import { TimeAgo } from "~/components/date-time";
import { StatusBadge } from "~/components/status-badge";
import { NewSku } from "./create/sku-steps";
import { useListAddress } from "./list";
import { ListPage } from "./list-page";
import { NarrowRow } from "./narrow-row";
import { type Sku, skusQuery } from "./queries";
import { optionsOf, SKU_STATES } from "./states";
import { texts } from "./texts";

const STATES = optionsOf(SKU_STATES);

/** The list of SKUs. */
export default function SkusPage() {
  const address = useListAddress();
  return (
    <ListPage
      words={texts.skus}
      search={texts.filters.searchSku}
      states={STATES}
      actions={<NewSku />}
      address={address}
      query={useQuery(skusQuery(address.filter, address.page))}
      columns={COLUMNS}
      narrow={narrowSku}
      details="/line/skus"
    />
  );
}

const { columns } = texts;

const COLUMNS: readonly Column<Sku>[] = [
  { id: "name", header: columns.name, width: "minmax(0, 2fr)", cell: ({ name }) => <span title={name}>{name}</span> },
  {
    id: "status",
    header: columns.status,
    width: "8rem",
    cell: ({ status }) => <StatusBadge state={status} states={SKU_STATES} />,
  },
  {
    id: "code",
    header: columns.code,
    width: "minmax(0, 1fr)",
    show: "medium",
    cell: ({ skuCode }) => (skuCode === undefined ? "–" : <span className="code">{skuCode}</span>),
  },
  { id: "chemistry", header: columns.chemistry, width: "7rem", show: "wide", cell: ({ chemistry }) => chemistry },
  {
    id: "parts",
    header: columns.parts,
    width: "8rem",
    align: "end",
    show: "medium",
    cell: (sku) => <span className="numbers">{partsOf(sku)}</span>,
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

function partsOf({ cellsPerModule, modulesPerPack }: Sku): string {
  return `${cellsPerModule} × ${modulesPerPack}`;
}

function narrowSku(sku: Sku) {
  return (
    <NarrowRow
      title={sku.name}
      badge={<StatusBadge state={sku.status} states={SKU_STATES} />}
      meta={`${sku.skuCode ?? sku.chemistry} · ${columns.parts} ${partsOf(sku)}`}
      time={sku.updatedAt}
    />
  );
}
