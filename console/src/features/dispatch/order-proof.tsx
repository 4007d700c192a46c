import { useQuery } from "@tanstack/react-query";
import type { Schema } from "~/api/schema";
import { useMe } from "~/app/me";
import { DateTime } from "~/components/date-time";
import { DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { Photos } from "~/components/photo";
import { Badge } from "~/components/status-badge";
import { actorOf } from "./order-timeline";
import { type Courier, type Order, photosQuery, timelineQuery } from "./queries";
import type { OrderState } from "./states";
import { texts } from "./texts";

interface OrderProofProps {
  order: Order;
  couriers: readonly Courier[];
}

type Entry = Schema<"OrderTimelineEntry">;
type Photo = Schema<"DeliveryPhoto">;

/** In these states an order may have photos; before, its courier cannot add any. */
const AFTER_PICKUP: readonly OrderState[] = [
  "picked_up",
  "delivered",
  "undeliverable",
  "returned",
  "canceled_by_dispatcher",
];

/** What proves that an order was delivered: what it requires, who delivered it and when, and the photos. */
export function OrderProof({ order, couriers }: OrderProofProps) {
  const { proof } = texts.detail;
  const read = useQuery({ ...photosQuery(order), enabled: AFTER_PICKUP.includes(order.status) });
  const delivery = useEntry(order, "ORDER_DELIVERED");
  const me = useMe();
  const photos = read.data ?? [];
  if (order.requirements === undefined && delivery === undefined && photos.length === 0) return null;
  return (
    <DrawerSection title={proof.title}>
      <KeyValueList
        items={[
          { label: proof.pin, value: order.requirements?.pin ? <PinBadge order={order} delivery={delivery} /> : null },
          {
            label: proof.photo,
            value: order.requirements?.photo ? <PhotoBadge order={order} photos={read.data} /> : null,
          },
          { label: proof.deliveredBy, value: delivery && actorOf(delivery, order, couriers, me) },
          { label: proof.deliveredAt, value: delivery && <DateTime value={delivery.at} /> },
          { label: proof.reason, value: delivery && order.dispatcher_reason },
        ]}
      />
      <ErrorNote error={read.error} onRetry={() => void read.refetch()} />
      {photos.length > 0 && <Photos photos={photos.map(sourceOf)} />}
    </DrawerSection>
  );
}

/** Why an order could not be handed over, and who said so. */
export function OrderFailure({ order, couriers }: OrderProofProps) {
  const { failed } = texts.detail;
  const entry = useEntry(order, "ORDER_UNDELIVERABLE");
  const me = useMe();
  const { failure } = order;
  if (failure === undefined) return null;
  return (
    <DrawerSection title={failed.title}>
      <KeyValueList
        items={[
          { label: failed.reason, value: failure.reason },
          { label: failed.note, value: failure.note },
          { label: failed.by, value: entry && actorOf(entry, order, couriers, me) },
          { label: failed.at, value: <DateTime value={failure.at} /> },
        ]}
      />
    </DrawerSection>
  );
}

/** Return the last change of this kind. The timeline shows the same read. */
function useEntry(order: Order, action: string): Entry | undefined {
  return useQuery(timelineQuery(order.id)).data?.entries.findLast((entry) => entry.action === action);
}

/** A courier delivers with the right PIN only; whoever else records a delivery does it without. */
function PinBadge({ order, delivery }: { order: Order; delivery: Entry | undefined }) {
  const { proof } = texts.detail;
  if (delivery === undefined) return <Badge tone="info">{proof.required}</Badge>;
  const verified = delivery.actor_id === order.assigned_courier;
  return verified ? <Badge tone="good">{proof.verified}</Badge> : <Badge tone="warning">{proof.notVerified}</Badge>;
}

function PhotoBadge({ order, photos }: { order: Order; photos: readonly Photo[] | undefined }) {
  const { proof } = texts.detail;
  if (photos !== undefined && photos.length > 0) return <Badge tone="good">{proof.taken(photos.length)}</Badge>;
  if (order.status !== "delivered") return <Badge tone="info">{proof.required}</Badge>;
  return photos === undefined ? null : <Badge tone="warning">{proof.notTaken}</Badge>;
}

function sourceOf({ id, url, thumb_url }: Photo, index: number) {
  return { id, url, thumbnailUrl: thumb_url, name: texts.detail.proof.photoName(index + 1) };
}
