import { useQuery } from "@tanstack/react-query";
import { shortId } from "~/components/copyable";
import type { Column } from "~/components/data-grid";
import { TimeAgo } from "~/components/date-time";
import { StatusBadge } from "~/components/status-badge";
import { NewUnit } from "./create/new-unit";
import { BatchFilter, SkuFilter, useListAddress } from "./list";
import { ListPage } from "./list-page";
import { NarrowRow } from "./narrow-row";
import { type Module, modulesQuery } from "./queries";
import { MODULE_STATES, optionsOf } from "./states";
import { texts } from "./texts";

const STATES = optionsOf(MODULE_STATES);

/** The list of modules. */
export default function ModulesPage() {
  const address = useListAddress();
  return (
    <ListPage
      words={texts.modules}
      search={texts.filters.searchSerial}
      states={STATES}
      filters={
        <>
          <SkuFilter address={address} />
          <BatchFilter address={address} />
        </>
      }
      actions={<NewUnit kind="module" />}
      address={address}
      query={useQuery(modulesQuery(address.filter, address.page))}
      columns={COLUMNS}
      narrow={narrowModule}
      details="/line/modules"
    />
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
