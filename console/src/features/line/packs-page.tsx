import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SearchFilter, SelectFilter } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { BatchFilter, pagingOf, SkuFilter, useListAddress } from "./list";
import { NarrowRow } from "./narrow-row";
import { type Pack, packsQuery } from "./queries";
import { DISPOSITIONS, optionsOf, PACK_STATES } from "./states";
import { LINE_TABS, Tabs } from "./tabs";
import { texts } from "./texts";

const STATES = optionsOf(PACK_STATES);

/** The list of packs. */
export default function PacksPage() {
  const address = useListAddress();
  const navigate = useNavigate();
  const query = useQuery(packsQuery(address.filter, address.page));
  return (
    <>
      <PageHeader title={texts.packs.title} description={texts.packs.description} />
      <Tabs tabs={LINE_TABS} />
      <FilterBar active={address.active} onClear={address.clear}>
        <SearchFilter
          label={texts.filters.searchSerial}
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
        <BatchFilter address={address} />
      </FilterBar>
      <DataGrid
        label={texts.packs.list}
        columns={PACK_COLUMNS}
        narrow={narrowPack}
        state={rowsOf(query, (page) => page.data)}
        paging={pagingOf(query, address)}
        rowId={(pack) => pack.id}
        onOpen={(pack) => void navigate(`/line/packs/${pack.id}`)}
        filtered={address.active}
        onClearFilters={address.clear}
        empty={<StateMessage kind="empty" title={texts.packs.empty} text={texts.packs.emptyHint} />}
      />
    </>
  );
}

const { columns } = texts;

export const PACK_COLUMNS: readonly Column<Pack>[] = [
  { id: "serial", header: columns.serial, width: "minmax(0, 2fr)", cell: (pack) => <Serial pack={pack} /> },
  {
    id: "status",
    header: columns.status,
    width: "9rem",
    cell: ({ status }) => <StatusBadge state={status} states={PACK_STATES} />,
  },
  {
    id: "disposition",
    header: columns.disposition,
    width: "8.5rem",
    show: "medium",
    cell: ({ disposition }) =>
      disposition === undefined ? "–" : <StatusBadge state={disposition} states={DISPOSITIONS} />,
  },
  {
    id: "sku",
    header: columns.sku,
    width: "minmax(0, 1.5fr)",
    show: "wide",
    cell: ({ sku }) => sku.skuCode ?? sku.name,
  },
  {
    id: "modules",
    header: columns.modules,
    width: "6rem",
    align: "end",
    show: "medium",
    cell: (pack) => <span className="numbers">{texts.ofRequired(pack.modulesBound, pack.modulesRequired)}</span>,
  },
  {
    id: "updated",
    header: columns.updated,
    width: "7rem",
    align: "end",
    show: "medium",
    cell: ({ updatedAt }) => <TimeAgo value={updatedAt} />,
  },
];

function Serial({ pack }: { pack: Pack }) {
  return (
    <span className="code" title={pack.serial}>
      {pack.serial}
    </span>
  );
}

export function narrowPack(pack: Pack) {
  return (
    <NarrowRow
      title={<Serial pack={pack} />}
      badge={
        pack.disposition === undefined ? (
          <StatusBadge state={pack.status} states={PACK_STATES} />
        ) : (
          <StatusBadge state={pack.disposition} states={DISPOSITIONS} />
        )
      }
      meta={`${pack.sku.skuCode ?? pack.sku.name} · ${texts.columns.modules} ${texts.ofRequired(pack.modulesBound, pack.modulesRequired)}`}
      time={pack.updatedAt}
    />
  );
}
