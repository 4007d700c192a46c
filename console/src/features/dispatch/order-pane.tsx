import type { UseQueryResult } from "@tanstack/react-query";
import { type PointerEvent, useMemo } from "react";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, type Filters, SelectFilter } from "~/components/filters";
import { StateMessage } from "~/components/state-message";
import { courierName } from "./couriers";
import styles from "./map-page.module.css";
import { OrderBadge } from "./order-badge";
import type { Courier, Order } from "./queries";
import { StackedRoute } from "./stacked-route";
import { STATE_OPTIONS } from "./states";
import { texts } from "./texts";

interface OrderPaneProps {
  filters: Filters<"status" | "courier" | "state" | "q" | "near">;
  query: UseQueryResult<readonly Order[], Error>;
  couriers: ReadonlyMap<string, Courier>;
  selected: string | null;
  onSelect: (id: string) => void;
  /** Begins to drag an order onto a courier of the map. */
  onDrag: (event: PointerEvent, order: Order) => void;
}

const COLUMNS: readonly Column<Order>[] = [
  {
    id: "status",
    header: texts.columns.status,
    width: "7rem",
    cell: (order) => <OrderBadge order={order} />,
  },
  {
    id: "route",
    header: texts.columns.route,
    width: "minmax(0, 1fr)",
    cell: (order) => <StackedRoute order={order} />,
  },
  {
    id: "age",
    header: texts.columns.age,
    width: "4.75rem",
    align: "end",
    cell: ({ created_at }) => <TimeAgo value={created_at} />,
  },
];

/** The orders of the map, the oldest first. */
export function OrderPane({ filters, query, couriers, selected, onSelect, onDrag }: OrderPaneProps) {
  const { status, courier } = filters.values;
  const active = status !== "" || courier !== "";
  const options = useMemo(() => carrying(couriers, courier), [couriers, courier]);
  return (
    <>
      <FilterBar active={active} onClear={filters.clear}>
        <SelectFilter
          label={texts.filters.status}
          allLabel={texts.map.open}
          options={STATE_OPTIONS}
          value={status}
          onChange={(value) => filters.set("status", value)}
        />
        <SelectFilter
          label={texts.filters.courier}
          options={options}
          value={courier}
          onChange={(value) => filters.set("courier", value)}
        />
      </FilterBar>
      <DataGrid
        label={texts.map.orderList}
        columns={COLUMNS}
        state={rowsOf(query, (orders) => orders)}
        rowId={(order) => order.id}
        narrow={narrowOrder}
        selected={selected}
        onOpen={(order) => onSelect(order.id)}
        onDrag={onDrag}
        filtered={active}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={texts.map.noOrders} text={texts.map.noOrdersHint} />}
      />
    </>
  );
}

/** The couriers with an order in hand, and the chosen one: a choice of ten thousand helps nobody. */
function carrying(couriers: ReadonlyMap<string, Courier>, chosen: string) {
  return [...couriers.values()]
    .filter(({ id, order_id }) => order_id !== undefined || id === chosen)
    .map((one) => ({ value: one.id, label: courierName(one) }));
}

function narrowOrder(order: Order) {
  return (
    <div className={styles.narrow}>
      <div className={styles.narrowTop}>
        <OrderBadge order={order} />
        <TimeAgo value={order.created_at} />
      </div>
      <StackedRoute order={order} />
    </div>
  );
}
