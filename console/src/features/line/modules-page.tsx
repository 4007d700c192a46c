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
import { BatchFilter, pagingOf, SkuFilter, useListAddress } from "./list";
import { NarrowRow } from "./narrow-row";
import { type Module, modulesQuery } from "./queries";
import { MODULE_STATES, optionsOf } from "./states";
import { LINE_TABS, Tabs } from "./tabs";
import { texts } from "./texts";

const STATES = optionsOf(MODULE_STATES);

/** The list of modules. */
export default function ModulesPage() {
  const address = useListAddress();
  const navigate = useNavigate();
  const query = useQuery(modulesQuery(address.filter, address.page));
  return (
    <>
      <PageHeader title={texts.modules.title} description={texts.modules.description} />
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
        label={texts.modules.list}
        columns={COLUMNS}
        narrow={narrowModule}
        state={rowsOf(query, (page) => page.data)}
        paging={pagingOf(query, address)}
        rowId={(module) => module.id}
        onOpen={(module) => void navigate(`/line/modules/${module.id}`)}
        filtered={address.active}
        onClearFilters={address.clear}
        empty={<StateMessage kind="empty" title={texts.modules.empty} text={texts.modules.emptyHint} />}
      />
    </>
  );
}

const { columns } = texts;

const COLUMNS: readonly Column<Module>[] = [
  { id: "serial", header: columns.serial, width: "minmax(0, 2fr)", cell: (module) => <Serial module={module} /> },
  {
    id: "status",
    header: columns.status,
    width: "9rem",
    cell: ({ status }) => <StatusBadge state={status} states={MODULE_STATES} />,
  },
  {
    id: "sku",
    header: columns.sku,
    width: "minmax(0, 1.5fr)",
    show: "wide",
    cell: ({ sku }) => sku.skuCode ?? sku.name,
  },
  {
    id: "cells",
    header: columns.cells,
    width: "7rem",
    align: "end",
    show: "medium",
    cell: (module) => <span className="numbers">{texts.ofRequired(module.cellsBound, module.cellsRequired)}</span>,
  },
  {
    id: "pack",
    header: columns.pack,
    width: "8rem",
    show: "wide",
    cell: ({ packId }) => (packId === undefined ? "–" : <span className="code">{shortId(packId)}</span>),
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

function Serial({ module }: { module: Module }) {
  return (
    <span className="code" title={module.serial}>
      {module.serial}
    </span>
  );
}

function narrowModule(module: Module) {
  return (
    <NarrowRow
      title={<Serial module={module} />}
      badge={<StatusBadge state={module.status} states={MODULE_STATES} />}
      meta={`${module.sku.skuCode ?? module.sku.name} · ${columns.cells} ${texts.ofRequired(module.cellsBound, module.cellsRequired)}`}
      time={module.updatedAt}
    />
  );
}
