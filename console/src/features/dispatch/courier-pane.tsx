import { Button } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Column, DataGrid } from "~/components/data-grid";
import { TimeAgo, useNow } from "~/components/date-time";
import { FilterBar, type Filters, SearchFilter, SelectFilter } from "~/components/filters";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { COURIER_STATE_NAMES, COURIER_STATES, courierName, courierState, distanceKm } from "./couriers";
import styles from "./map-page.module.css";
import { positionOf } from "./map-shapes";
import type { Courier } from "./queries";
import { texts } from "./texts";

interface CourierPaneProps {
  filters: Filters<"status" | "courier" | "state" | "q" | "near">;
  query: UseQueryResult<readonly Courier[], Error>;
  /** Those of the query that the filter by state lets through. */
  shown: readonly Courier[];
  selected: string | null;
  onSelect: (id: string) => void;
}

const STATES = COURIER_STATE_NAMES.map((name) => ({ value: name, label: COURIER_STATES[name].label }));

/** The couriers of the map, by name; with a place, the free ones near it and how far away they are. */
export function CourierPane({ filters, query, shown, selected, onSelect }: CourierPaneProps) {
  const { state, q, near } = filters.values;
  const active = state !== "" || q !== "" || near !== "";
  const rows = useMemo(() => found(shown, q, near === ""), [shown, q, near]);
  const columns = useMemo(() => columnsFor(near), [near]);
  return (
    <>
      {near === "" ? (
        <FilterBar active={active} onClear={filters.clear}>
          <SearchFilter label={texts.couriers.search} value={q} onChange={(value) => filters.set("q", value)} />
          <SelectFilter
            label={texts.filters.status}
            options={STATES}
            value={state}
            onChange={(value) => filters.set("state", value)}
          />
        </FilterBar>
      ) : (
        <div className={styles.near}>
          <span>{texts.couriers.near}</span>
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<IconX size={14} />}
            onClick={() => filters.set("near", "")}
          >
            {texts.couriers.all}
          </Button>
        </div>
      )}
      <DataGrid
        label={texts.couriers.list}
        columns={columns}
        state={{ rows, loading: query.isPending, error: query.error, retry: () => void query.refetch() }}
        rowId={(courier) => courier.id}
        narrow={(courier) => <NarrowCourier courier={courier} near={near} />}
        selected={selected}
        onOpen={(courier) => onSelect(courier.id)}
        filtered={active && near === ""}
        onClearFilters={filters.clear}
        empty={
          near === "" ? (
            <StateMessage kind="empty" title={texts.couriers.empty} text={texts.couriers.emptyHint} />
          ) : (
            <StateMessage kind="empty" title={texts.couriers.noneNear} text={texts.couriers.noneNearHint} />
          )
        }
      />
    </>
  );
}

/** The API lists by id, which tells people nothing. */
function found(couriers: readonly Courier[], text: string, byName: boolean): readonly Courier[] {
  const wanted = text.toLowerCase();
  const rows = couriers.filter((courier) => courierName(courier).toLowerCase().includes(wanted));
  return byName ? rows.sort((a, b) => compare(courierName(a), courierName(b))) : rows;
}

const { compare } = new Intl.Collator("en", { numeric: true });

function columnsFor(near: string): readonly Column<Courier>[] {
  return [
    { id: "state", header: texts.columns.status, width: "6rem", cell: (courier) => <State courier={courier} /> },
    { id: "name", header: texts.columns.courier, width: "minmax(0, 1fr)", cell: courierName },
    near === ""
      ? {
          id: "position",
          header: texts.couriers.position,
          width: "5.5rem",
          align: "end",
          cell: ({ position_at }) => <TimeAgo value={position_at} />,
        }
      : {
          id: "distance",
          header: texts.couriers.distance,
          width: "5.5rem",
          align: "end",
          cell: (courier) => <Distance courier={courier} near={near} />,
        },
  ];
}

function State({ courier }: { courier: Courier }) {
  return <StatusBadge state={courierState(courier, useNow())} states={COURIER_STATES} />;
}

function Distance({ courier, near }: { courier: Courier; near: string }) {
  const position = positionOf(courier);
  const [latitude, longitude] = near.split(",").map(Number);
  if (position === null || latitude === undefined || longitude === undefined) return "–";
  return <span className="numbers">{texts.couriers.km(distanceKm(position, [latitude, longitude]))}</span>;
}

function NarrowCourier({ courier, near }: { courier: Courier; near: string }) {
  return (
    <div className={styles.narrow}>
      <div className={styles.narrowTop}>
        <State courier={courier} />
        {near === "" ? <TimeAgo value={courier.position_at} /> : <Distance courier={courier} near={near} />}
      </div>
      {courierName(courier)}
    </div>
  );
}
