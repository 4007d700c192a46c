import { useInfiniteQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { useCan } from "~/app/me";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { DateTime } from "~/components/date-time";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { StepDialogs } from "../dialogs";
import { Due, PriorityBadge } from "../due";
import { OrderDrawer } from "../order-drawer";
import { READ_CHECKLISTS } from "../permissions";
import { ordersOf, type WorkOrder } from "../queries";
import { STATES } from "../states";
import { ChecklistDrawer } from "./checklist-drawer";
import { ChecklistGrid } from "./checklist-grid";
import { rideOrdersQuery } from "./queries";
import styles from "./rides.module.css";
import { texts } from "./texts";

const BACK = { to: "/repairs/rides", label: texts.rides.title };
const { columns } = texts.ride;
const COLUMNS: readonly Column<WorkOrder>[] = [
  {
    id: "code",
    header: columns.code,
    width: "11rem",
    show: "wide",
    cell: ({ code }) => <span className="code">{code}</span>,
  },
  { id: "item", header: columns.item, width: "minmax(0, 2fr)", cell: ({ aItemText }) => aItemText },
  {
    id: "state",
    header: columns.state,
    width: "8rem",
    cell: ({ state }) => <StatusBadge state={state} states={STATES} />,
  },
  {
    id: "priority",
    header: columns.priority,
    width: "7rem",
    show: "medium",
    cell: ({ priority }) => <PriorityBadge priority={priority} />,
  },
  { id: "technician", header: columns.technician, show: "wide", cell: ({ technician }) => technician },
  { id: "due", header: columns.due, width: "11rem", show: "medium", cell: (order) => <When order={order} /> },
];

/** One ride: all that was ever repaired on it, and its checklists. */
export default function RidePage() {
  const { rideCode = "" } = useParams();
  const [orderId, setOrder] = useAddressValue("order");
  const [checklistRef, setChecklist] = useAddressValue("checklist");
  const canReadChecklists = useCan()(READ_CHECKLISTS);
  const { state, paging } = useCursorRows(useInfiniteQuery(rideOrdersQuery(rideCode)), ordersOf);
  const name = state.rows[0]?.ride ?? rideCode;
  return (
    <StepDialogs>
      <PageHeader title={texts.ride.title(name, rideCode)} description={texts.ride.ordersHint} back={BACK} />
      <div className={styles.parts}>
        <DataGrid
          label={texts.ride.orders}
          columns={COLUMNS}
          state={state}
          paging={paging}
          rowId={({ id }) => id}
          selected={orderId}
          onOpen={({ id }) => setOrder(id)}
          narrow={(order) => <Narrow order={order} />}
          empty={<StateMessage kind="empty" title={texts.ride.noOrders} />}
        />
        {canReadChecklists && (
          <section aria-label={texts.checklists.ofRide}>
            <h2 className={styles.heading}>{texts.checklists.ofRide}</h2>
            <ChecklistGrid ride={rideCode} open={checklistRef} onOpen={setChecklist} />
          </section>
        )}
      </div>
      <OrderDrawer orderId={orderId} onClose={() => setOrder(null)} />
      <ChecklistDrawer checklistRef={checklistRef} onClose={() => setChecklist(null)} />
    </StepDialogs>
  );
}

function When({ order }: { order: WorkOrder }) {
  if (order.closedAt === null) return <Due order={order} />;
  return (
    <span className={styles.meta}>
      {texts.ride.closed} <DateTime value={order.closedAt} />
    </span>
  );
}

function Narrow({ order }: { order: WorkOrder }) {
  return (
    <span className={styles.narrow}>
      <span className={styles.line}>
        <strong className={styles.text}>{order.aItemText}</strong>
        <StatusBadge state={order.state} states={STATES} />
      </span>
      <span className={`${styles.line} ${styles.meta}`}>
        <span className={styles.text}>{order.technician ?? order.code}</span>
        <When order={order} />
      </span>
    </span>
  );
}
