import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SearchFilter, SelectFilter } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { pagingOf, useListAddress } from "./list";
import { NarrowRow } from "./narrow-row";
import { type Sku, skusQuery } from "./queries";
import { optionsOf, SKU_STATES } from "./states";
import { LINE_TABS, Tabs } from "./tabs";
import { texts } from "./texts";

const STATES = optionsOf(SKU_STATES);

/** The list of SKUs. */
export default function SkusPage() {
  const address = useListAddress();
  const navigate = useNavigate();
  const query = useQuery(skusQuery(address.filter, address.page));
  return (
    <>
      <PageHeader title={texts.skus.title} description={texts.skus.description} />
      <Tabs tabs={LINE_TABS} />
      <FilterBar active={address.active} onClear={address.clear}>
        <SearchFilter
          label={texts.filters.searchSku}
          value={address.filter.q}
          onChange={(value) => address.set("q", value)}
        />
        <SelectFilter
          label={texts.filters.status}
          options={STATES}
          value={address.filter.status}
          onChange={(value) => address.set("status", value)}
        />
      </FilterBar>
      <DataGrid
        label={texts.skus.list}
        columns={COLUMNS}
        narrow={narrowSku}
        state={rowsOf(query, (page) => page.data)}
        paging={pagingOf(query, address)}
        rowId={(sku) => sku.id}
        onOpen={(sku) => void navigate(`/line/skus/${sku.id}`)}
        filtered={address.active}
        onClearFilters={address.clear}
        empty={<StateMessage kind="empty" title={texts.skus.empty} text={texts.skus.emptyHint} />}
      />
    </>
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
