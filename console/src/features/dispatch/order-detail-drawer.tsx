import { Group, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { Copyable, shortId } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { type MapLine, type MapPoint, MapView } from "~/components/map";
import { OrderBadge } from "./order-badge";
import { OrderTimeline } from "./order-timeline";
import { type Courier, type Order, orderQuery } from "./queries";
import { texts } from "./texts";

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
  const { detail } = texts;
  const courier = couriers.find(({ id }) => id === order.assigned_courier);
  return (
    <>
      <Suspense>
        <Group gap="xs">
          <OrderActions order={order} />
        </Group>
      </Suspense>
      <DrawerSection title={detail.journey}>
        <KeyValueList
          items={[
            { label: detail.pickup, value: order.pickup_address },
            { label: detail.dropoff, value: order.dropoff_address },
            { label: detail.failure, value: failureOf(order) },
            { label: detail.receiver, value: <span className="numbers">{order.receiver_phone}</span> },
            { label: detail.notes, value: order.notes },
            { label: detail.courier, value: courier?.name ?? order.assigned_courier ?? detail.noCourier },
            {
              label: detail.waitingUntil,
              value: order.waiting_until === undefined ? null : <DateTime value={order.waiting_until} />,
            },
          ]}
        />
      </DrawerSection>
      <Places order={order} courier={courier} />
      <DrawerSection title={detail.timeline}>
        <OrderTimeline order={order} couriers={couriers} />
      </DrawerSection>
      <DrawerSection title={detail.order}>
        <KeyValueList
          items={[
            { label: detail.id, value: <Copyable text={order.id} /> },
            { label: detail.customer, value: <Copyable text={order.customer_id} /> },
            { label: detail.price, value: priceOf(order.estimated_price_cents) },
            { label: detail.created, value: <DateTime value={order.created_at} /> },
            { label: detail.updated, value: <DateTime value={order.updated_at} /> },
          ]}
        />
      </DrawerSection>
    </>
  );
}

function failureOf({ failure }: Order): string | null {
  if (failure === undefined) return null;
  return failure.note === undefined ? failure.reason : `${failure.reason} (${failure.note})`;
}

function priceOf(cents: number | undefined): string | null {
  return cents === undefined ? null : (cents / 100).toFixed(2);
}

function Places({ order, courier }: { order: Order; courier: Courier | undefined }) {
  const points = useMemo(() => placesOf(order, courier), [order, courier]);
  const lines = useMemo(() => lineOf(order), [order]);
  if (points.length === 0) return null;
  return (
    <DrawerSection title={texts.detail.map}>
      <div style={{ height: 240 }}>
        <MapView label={texts.detail.map} points={points} lines={lines} />
      </div>
    </DrawerSection>
  );
}

function placesOf(order: Order, courier: Courier | undefined): readonly MapPoint[] {
  const places = [
    {
      id: "pickup",
      tone: "info",
      label: order.pickup_address,
      shape: "ring",
      at: [order.pickup_lat, order.pickup_lng],
    },
    {
      id: "dropoff",
      tone: "good",
      label: order.dropoff_address,
      shape: "ring",
      at: [order.dropoff_lat, order.dropoff_lng],
    },
    {
      id: "courier",
      tone: "active",
      label: courier?.name ?? "",
      shape: "disc",
      at: [courier?.latitude, courier?.longitude],
    },
  ] as const;
  return places.flatMap(({ at: [latitude, longitude], ...place }) =>
    latitude === undefined || longitude === undefined ? [] : [{ ...place, latitude, longitude }],
  );
}

function lineOf({ pickup_lat, pickup_lng, dropoff_lat, dropoff_lng }: Order): readonly MapLine[] {
  if (pickup_lat === undefined || pickup_lng === undefined) return [];
  if (dropoff_lat === undefined || dropoff_lng === undefined) return [];
  const positions = [
    [pickup_lat, pickup_lng],
    [dropoff_lat, dropoff_lng],
  ] as const;
  return [{ id: "journey", tone: "active", positions }];
}
