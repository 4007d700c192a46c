import { Button, CloseButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { TimeAgo, useNow } from "~/components/date-time";
import { StatusBadge } from "~/components/status-badge";
import { common } from "~/texts/common";
import { COURIER_STATES, courierName, courierState } from "./couriers";
import styles from "./map-page.module.css";
import { pickupOf, type Selection } from "./map-shapes";
import { OrderBadge } from "./order-badge";
import { type Courier, type Order, orderQuery } from "./queries";
import { texts } from "./texts";

const OrderActions = lazy(() => import("./order-actions"));

interface SelectedProps {
  selection: Selection;
  orders: readonly Order[];
  couriers: ReadonlyMap<string, Courier>;
  onSelect: (selection: string | null) => void;
  onOpen: (orderId: string) => void;
  /** Shows the couriers near a position, given as `latitude,longitude`. */
  onNear: (position: string) => void;
}

/** What is selected on the map or in the list, and where to go from there. */
export function Selected(props: SelectedProps) {
  const { selection, couriers } = props;
  if (selection === null) return null;
  if (selection.kind === "courier") {
    const courier = couriers.get(selection.id);
    return courier === undefined ? null : <SelectedCourier {...props} courier={courier} />;
  }
  return <SelectedOrder key={selection.id} {...props} id={selection.id} />;
}

/** Follow an order that is selected: also after it has left the list, such as one that was just delivered. */
function useOrder(id: string, orders: readonly Order[]): { order: Order | undefined; listed: boolean } {
  const listed = orders.find((order) => order.id === id);
  const [last, setLast] = useState(listed);
  if (listed !== undefined && listed !== last) setLast(listed);
  const read = useQuery({ ...orderQuery(id), enabled: listed === undefined });
  return { order: listed ?? read.data ?? last, listed: listed !== undefined };
}

function SelectedOrder({ id, orders, couriers, onSelect, onOpen, onNear }: SelectedProps & { id: string }) {
  const { order, listed } = useOrder(id, orders);
  if (order === undefined) return null;
  const courier = couriers.get(order.assigned_courier ?? "");
  const pickup = pickupOf(order);
  return (
    <Box title={order.pickup_address} badge={<OrderBadge order={order} />} onClose={() => onSelect(null)}>
      <p className={styles.line}>
        → {order.dropoff_address} · <TimeAgo value={order.created_at} />
      </p>
      {!listed && <p className={styles.line}>{texts.map.gone}</p>}
      <div className={styles.buttons}>
        <Suspense>
          <OrderActions order={order} courier={courier} compact />
        </Suspense>
        <Button variant="default" size="compact-sm" onClick={() => onOpen(order.id)}>
          {texts.map.openOrder}
        </Button>
        {courier !== undefined && (
          <Button variant="default" size="compact-sm" onClick={() => onSelect(`courier:${courier.id}`)}>
            {courierName(courier)}
          </Button>
        )}
        {pickup !== null && (
          <Button variant="default" size="compact-sm" onClick={() => onNear(pickup.join(","))}>
            {texts.map.nearest}
          </Button>
        )}
      </div>
    </Box>
  );
}

function SelectedCourier({ courier, onSelect, onOpen }: SelectedProps & { courier: Courier }) {
  const { order_id: orderId } = courier;
  return (
    <Box
      title={courierName(courier)}
      badge={<StatusBadge state={courierState(courier, useNow())} states={COURIER_STATES} />}
      onClose={() => onSelect(null)}
    >
      <p className={styles.line}>
        {texts.couriers.position}: <TimeAgo value={courier.position_at} />
      </p>
      {orderId !== undefined && (
        <div className={styles.buttons}>
          <Button size="compact-sm" onClick={() => onOpen(orderId)}>
            {texts.map.openOrder}
          </Button>
          <Button variant="default" size="compact-sm" onClick={() => onSelect(`order:${orderId}`)}>
            {texts.map.showOrder}
          </Button>
        </div>
      )}
    </Box>
  );
}

interface BoxProps {
  title: string;
  badge?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

function Box({ title, badge, onClose, children }: BoxProps) {
  return (
    <section className={styles.selected} aria-label={texts.map.selected} aria-live="polite">
      <div className={styles.selectedHead}>
        <h2 className={styles.selectedTitle} title={title}>
          {title}
        </h2>
        {badge}
        <CloseButton size="sm" aria-label={common.actions.close} onClick={onClose} />
      </div>
      {children}
    </section>
  );
}
