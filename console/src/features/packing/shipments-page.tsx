import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { FilterBar, SearchFilter, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { ProgressBar } from "~/components/progress-bar";
import { StateMessage } from "~/components/state-message";
import { Badge, StatusBadge } from "~/components/status-badge";
import { LookupForm } from "./lookup-form";
import styles from "./packing.module.css";
import { Promised } from "./promised";
import { type OpenShipment, type ShipmentList, shipmentsQuery } from "./queries";
import { SHIPMENT_STATES } from "./states";
import { texts } from "./texts";

const FILTERS = ["search", "warehouse"] as const;

/** The list of shipments that can be packed. */
export default function ShipmentsPage() {
  const filters = useFilters(FILTERS);
  const navigate = useNavigate();
  const query = useQuery(shipmentsQuery(filters.values));
  const state = rowsOf(query, shipmentsOf);
  const total = query.data?.total ?? 0;
  function open(number: string): void {
    void navigate(`/packing/shipments/${encodeURIComponent(number)}`);
  }
  return (
    <>
      <PageHeader
        title={texts.shipments.title}
        description={texts.shipments.description}
        actions={
          <LookupForm
            label={texts.lookup.shipment}
            onFound={(found) => found.kind === "shipment" && open(found.shipment.number)}
          />
        }
      />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SearchFilter
          label={texts.filters.search}
          value={filters.values.search}
          onChange={(value) => filters.set("search", value)}
        />
        <SearchFilter
          label={texts.filters.warehouse}
          value={filters.values.warehouse}
          onChange={(value) => filters.set("warehouse", value)}
        />
      </FilterBar>
      {total > state.rows.length && <p className={styles.hint}>{texts.shipments.cut(state.rows.length, total)}</p>}
      <DataGrid
        label={texts.shipments.list}
        columns={COLUMNS}
        narrow={narrowShipment}
        state={state}
        rowId={(shipment) => shipment.id}
        onOpen={(shipment) => open(shipment.shipment_number)}
        filtered={filters.active}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={texts.shipments.empty} text={texts.shipments.emptyHint} />}
      />
    </>
  );
}

function shipmentsOf(list: ShipmentList): readonly OpenShipment[] {
  return list.data;
}

const COLUMNS: readonly Column<OpenShipment>[] = [
  {
    id: "shipment",
    header: texts.columns.shipment,
    width: "minmax(5.75rem, 0.8fr)",
    cell: ({ shipment_number: number }) => (
      <span className={styles.number} title={number}>
        {number}
      </span>
    ),
  },
  {
    id: "customer",
    header: texts.columns.customer,
    width: "minmax(0, 2fr)",
    cell: ({ customer_name: name }) => <span title={name}>{name}</span>,
  },
  {
    id: "order",
    header: texts.columns.order,
    width: "minmax(0, 0.8fr)",
    show: "wide",
    cell: ({ so_number: order }) => <span title={order}>{order}</span>,
  },
  {
    id: "status",
    header: texts.columns.status,
    width: "6.5rem",
    show: "medium",
    cell: ({ status }) => <StatusBadge state={status} states={SHIPMENT_STATES} />,
  },
  {
    id: "lines",
    header: texts.columns.lines,
    width: "minmax(4.5rem, 1fr)",
    cell: ({ lines_packed, lines_total }) => <ProgressBar done={lines_packed} total={lines_total} tone="active" />,
  },
  {
    id: "boxes",
    header: texts.columns.boxes,
    width: "3.5rem",
    align: "end",
    show: "medium",
    cell: ({ boxes_count }) => <span className="numbers">{boxes_count}</span>,
  },
  {
    id: "allergens",
    header: texts.columns.allergens,
    width: "7rem",
    show: "wide",
    cell: ({ allergen_alert: alert }) => (alert ? <Badge tone="warning">{texts.allergenAlert}</Badge> : "–"),
  },
  {
    id: "promised",
    header: texts.columns.promised,
    width: "9.5rem",
    align: "end",
    show: "medium",
    cell: ({ promised_ship_date: date }) => <Promised date={date} />,
  },
];

function narrowShipment(shipment: OpenShipment) {
  const { shipment_number: number, customer_name: name, status, lines_packed: packed, lines_total: lines } = shipment;
  return (
    <div className={styles.narrow}>
      <span className={styles.product}>
        {number} · {name}
      </span>
      <div className={styles.below}>
        <span>
          {SHIPMENT_STATES[status].label} · {packed} / {lines}
          {shipment.allergen_alert && ` · ${texts.allergenAlert.toLowerCase()}`}
        </span>
        <Promised date={shipment.promised_ship_date} />
      </div>
    </div>
  );
}
