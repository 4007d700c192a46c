import { useQuery } from "@tanstack/react-query";
import type { Column } from "~/components/data-grid";
import { TimeAgo } from "~/components/date-time";
import { StatusBadge } from "~/components/status-badge";
import { NewUnit } from "./create/new-unit";
import { BatchFilter, SkuFilter, useListAddress } from "./list";
import { ListPage } from "./list-page";
import { NarrowRow } from "./narrow-row";
import { type Pack, packsQuery } from "./queries";
import { DISPOSITIONS, optionsOf, PACK_STATES } from "./states";
import { ReturnPack } from "./steps/return-pack";
import { texts } from "./texts";

const STATES = optionsOf(PACK_STATES);

/** The list of packs. */
export default function PacksPage() {
  const address = useListAddress();
  return (
    <ListPage
      words={texts.packs}
      search={texts.filters.searchSerial}
      states={STATES}
      filters={
        <>
          <SkuFilter address={address} />
          <BatchFilter address={address} />
        </>
      }
      actions={
        <>
          <ReturnPack />
          <NewUnit kind="pack" />
        </>
      }
      address={address}
      query={useQuery(packsQuery(address.filter, address.page))}
      columns={PACK_COLUMNS}
      narrow={narrowPack}
      details="/line/packs"
    />
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
