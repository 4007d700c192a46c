import { Group, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Copyable, shortId } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { OrderBadge } from "./order-badge";
import { OrderPlaces } from "./order-places";
import { OrderFailure, OrderProof } from "./order-proof";
import { OrderTimeline } from "./order-timeline";
import { type Courier, type Order, orderQuery } from "./queries";
import { texts } from "./texts";
import { TrackingLink } from "./tracking-link";

const OrderActions = lazy(() => import("./order-actions"));

export interface OrderDrawerProps {
  orderId: string | null;
  couriers: readonly Courier[];
  onClose: () => void;
}

/** Everything about one order. */
export default function OrderDetailDrawer({ orderId, couriers, onClose }: OrderDrawerProps) {
  const { data: order, error, refetch } = useQuery({ ...orderQuery(orderId ?? ""), enabled: orderId !== null });
  return (
    <DetailDrawer
      opened={orderId !== null}
      onClose={onClose}
      title={texts.detail.title(shortId(orderId ?? ""))}
      badge={order === undefined ? undefined : <OrderBadge order={order} />}
    >
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {order !== undefined && <Detail order={order} couriers={couriers} />}
      {order === undefined && error === null && <Skeleton height={220} radius="md" />}
    </DetailDrawer>
  );
}

function Detail({ order, couriers }: { order: Order; couriers: readonly Courier[] }) {
  const courier = couriers.find(({ id }) => id === order.assigned_courier);
  return (
    <>
      <Suspense>
        <Group gap="xs">
          <OrderActions order={order} courier={courier} />
        </Group>
      </Suspense>
      <Journey order={order} courier={courier} />
      <OrderFailure order={order} couriers={couriers} />
      <OrderProof order={order} couriers={couriers} />
      <TrackingLink order={order} />
      <OrderPlaces order={order} courier={courier} />
      <DrawerSection title={texts.detail.timeline}>
        <OrderTimeline order={order} couriers={couriers} />
      </DrawerSection>
      <Facts order={order} />
    </>
  );
}

function Journey({ order, courier }: { order: Order; courier: Courier | undefined }) {
  const { detail } = texts;
  return (
    <DrawerSection title={detail.journey}>
      <KeyValueList
        items={[
          { label: detail.pickup, value: order.pickup_address },
          { label: detail.dropoff, value: order.dropoff_address },
          { label: detail.receiver, value: <span className="numbers">{order.receiver_phone}</span> },
          { label: detail.notes, value: order.notes },
          { label: detail.scheduled, value: timeOf(order.pickup_after) },
          { label: detail.courier, value: nameOf(order, courier) },
          { label: detail.waitingUntil, value: timeOf(order.waiting_until) },
          { label: detail.eta, value: timeOf(order.eta_at) },
          { label: detail.reason, value: reasonOf(order) },
        ]}
      />
    </DrawerSection>
  );
}

function Facts({ order }: { order: Order }) {
  const { detail } = texts;
  return (
    <DrawerSection title={detail.order}>
      <KeyValueList
        items={[
          { label: detail.id, value: <Copyable text={order.id} /> },
          { label: detail.customer, value: <Copyable text={order.customer_id} /> },
          { label: detail.vehicleType, value: order.vehicle_type_id },
          { label: detail.price, value: priceOf(order.estimated_price_cents) },
          { label: detail.created, value: timeOf(order.created_at) },
          { label: detail.updated, value: timeOf(order.updated_at) },
        ]}
      />
    </DrawerSection>
  );
}

function timeOf(time: string | undefined) {
  return time === undefined ? null : <DateTime value={time} />;
}

function nameOf({ assigned_courier: id }: Order, courier: Courier | undefined): string {
  if (id === undefined) return texts.detail.noCourier;
  return courier?.name ?? shortId(id);
}

/** What a dispatcher said at last, unless it stands where the delivery or its failure is shown. */
function reasonOf({ status, failure, dispatcher_reason: reason }: Order): string | undefined {
  return status === "delivered" || reason === failure?.reason ? undefined : reason;
}

function priceOf(cents: number | undefined): string | null {
  return cents === undefined ? null : (cents / 100).toFixed(2);
}
