import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { shortId } from "~/components/copyable";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SelectFilter, TimeFilter, useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { common } from "~/texts/common";
import { OrderBadge } from "./order-badge";
import { OrderDrawer } from "./order-drawer";
import styles from "./orders-page.module.css";
import { type Courier, couriersQuery, type Order, type OrderPage, ordersQuery } from "./queries";
import { Route } from "./route";
import { STATE_OPTIONS } from "./states";
import { texts } from "./texts";

const FILTERS = ["status", "courier", "from", "to"] as const;
const NO_COURIERS: readonly Courier[] = [];

/** The list of orders, and one of them beside it. */
export default function OrdersPage() {
  const filters = useFilters(FILTERS);
  const [open, setOpen] = useAddressValue("order");
  const couriers = useQuery(couriersQuery).data?.couriers ?? NO_COURIERS;
  const { state, paging } = useCursorRows(useInfiniteQuery(ordersQuery(filters.values)), ordersOf);
  const columns = useMemo(() => columnsWith(couriers), [couriers]);
  const options = useMemo(
    () => couriers.map(({ id, name }) => ({ value: id, label: name ?? shortId(id) })),
    [couriers],
  );
  return (
    <>
      <PageHeader title={texts.orders.title} description={texts.orders.description} />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SelectFilter
          label={texts.filters.status}
          options={STATE_OPTIONS}
          value={filters.values.status}
          onChange={(value) => filters.set("status", value)}
        />
        <SelectFilter
          label={texts.filters.courier}
          options={options}
          value={filters.values.courier}
          onChange={(value) => filters.set("courier", value)}
        />
        <TimeFilter
          label={common.filters.from}
          value={filters.values.from}
          onChange={(value) => filters.set("from", value)}
        />
        <TimeFilter
          label={common.filters.to}
          value={filters.values.to}
          onChange={(value) => filters.set("to", value)}
        />
      </FilterBar>
      <DataGrid
        label={texts.orders.list}
        columns={columns}
        state={state}
        paging={paging}
        narrow={narrowRow}
        rowId={(order) => order.id}
        selected={open}
        onOpen={(order) => setOpen(order.id)}
        filtered={filters.active}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={texts.orders.empty} text={texts.orders.emptyHint} />}
      />
      <OrderDrawer orderId={open} couriers={couriers} onClose={() => setOpen(null)} />
    </>
  );
}

function ordersOf(page: OrderPage): readonly Order[] {
  return page.orders;
}

function columnsWith(couriers: readonly Courier[]): readonly Column<Order>[] {
  const names = new Map(couriers.map(({ id, name }) => [id, name]));
  return [
    {
      id: "order",
      header: texts.columns.order,
      width: "6.5rem",
      show: "wide",
      cell: ({ id }) => <span className="code">{shortId(id)}</span>,
    },
    {
      id: "status",
      header: texts.columns.status,
      width: "minmax(7.5rem, 10.5rem)",
      cell: (order) => <OrderBadge order={order} />,
    },
    { id: "route", header: texts.columns.route, width: "minmax(0, 3fr)", cell: (order) => <Route order={order} /> },
    {
      id: "courier",
      header: texts.columns.courier,
      width: "minmax(0, 1.2fr)",
      show: "medium",
      cell: ({ assigned_courier: courier }) =>
        courier === undefined ? "–" : (names.get(courier) ?? <span className="code">{shortId(courier)}</span>),
    },
    {
      id: "age",
      header: texts.columns.age,
      width: "6.5rem",
      align: "end",
      show: "medium",
      cell: ({ created_at }) => <TimeAgo value={created_at} />,
    },
    {
      id: "updated",
      header: texts.columns.updated,
      width: "6.5rem",
      align: "end",
      show: "wide",
      cell: ({ updated_at }) => <TimeAgo value={updated_at} />,
    },
  ];
}

function narrowRow(order: Order) {
  return (
    <div className={styles.narrow}>
      <div className={styles.top}>
        <OrderBadge order={order} />
        <TimeAgo value={order.created_at} />
      </div>
      <Route order={order} />
    </div>
  );
}
