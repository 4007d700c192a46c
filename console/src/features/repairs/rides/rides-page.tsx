import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { useMe } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { FilterBar, SearchFilter, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { type Ride, ridesOf, ridesQuery } from "./queries";
import styles from "./rides.module.css";
import { texts } from "./texts";

const FILTERS = ["zone"] as const;
const { columns } = texts.rides;
const COLUMNS: readonly Column<Ride>[] = [
  { id: "code", header: columns.code, width: "10rem", cell: ({ code }) => <span className="code">{code}</span> },
  { id: "name", header: columns.name, cell: ({ name }) => name },
  { id: "zone", header: columns.zone, show: "medium", cell: ({ gameZone }) => gameZone },
];

/** The rides of the person's zone, or of all. */
export default function RidesPage() {
  const navigate = useNavigate();
  const { gameZone } = useMe();
  const { values, set, clear, active } = useFilters(FILTERS);
  const { state, paging } = useCursorRows(useInfiniteQuery(ridesQuery(values.zone)), ridesOf);
  return (
    <>
      <PageHeader title={texts.rides.title} description={texts.rides.description} />
      {gameZone === null && (
        <FilterBar active={active} onClear={clear}>
          <SearchFilter label={texts.rides.zone} value={values.zone} onChange={(zone) => set("zone", zone)} />
        </FilterBar>
      )}
      <DataGrid
        label={texts.rides.title}
        columns={COLUMNS}
        state={state}
        paging={paging}
        rowId={({ code }) => code}
        onOpen={({ code }) => void navigate(`/repairs/rides/${encodeURIComponent(code)}`)}
        narrow={(ride) => <Narrow ride={ride} />}
        filtered={active}
        onClearFilters={clear}
        empty={<StateMessage kind="empty" title={texts.rides.empty} text={texts.rides.emptyHint} />}
      />
    </>
  );
}

function Narrow({ ride: { name, code, gameZone } }: { ride: Ride }) {
  return (
    <span className={styles.narrow}>
      <strong className={styles.text}>{name}</strong>
      <span className={`${styles.text} ${styles.meta}`}>
        {code} · {gameZone}
      </span>
    </span>
  );
}
