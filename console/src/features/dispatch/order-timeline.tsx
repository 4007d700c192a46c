import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "~/api/schema";
import { type Me, useMe } from "~/app/me";
import { ErrorNote } from "~/components/error-note";
import { readable, type Tone } from "~/components/status-badge";
import { Timeline } from "~/components/timeline";
import { type Courier, type Order, timelineQuery } from "./queries";
import { ORDER_STATES } from "./states";
import { texts } from "./texts";

type Entry = Schema<"OrderTimelineEntry">;

interface OrderTimelineProps {
  order: Order;
  couriers: readonly Courier[];
}

/** What happened to an order, oldest first. */
export function OrderTimeline({ order, couriers }: OrderTimelineProps) {
  const { data, error, refetch } = useQuery(timelineQuery(order.id));
  const me = useMe();
  if (data === undefined) {
    return error === null ? (
      <Skeleton height={120} radius="md" />
    ) : (
      <ErrorNote error={error} onRetry={() => void refetch()} />
    );
  }
  const entries = data.entries.map((entry, index) => ({
    key: `${entry.at} ${index}`,
    at: entry.at,
    title: titleOf(entry.action),
    actor: actorOf(entry, order, couriers, me),
    tone: toneOf(entry),
  }));
  return <Timeline entries={entries} label={texts.detail.timeline} />;
}

function titleOf(action: string): string {
  return (texts.actions as Readonly<Record<string, string>>)[action] ?? readable(action);
}

/** Users who are not the order's customer or courier do these things as dispatchers. */
const BY_DISPATCHERS = ["ORDER_ASSIGNED", "ORDER_DELIVERED", "ORDER_UNDELIVERABLE", "ORDER_CANCELED"];

/** Return a name for whoever did it, without another request: the API's timeline has ids only. */
export function actorOf({ action, actor_id: actorId }: Entry, order: Order, couriers: readonly Courier[], me: Me) {
  if (actorId === me.user.id) return texts.actors.you(me.user.fullName);
  if (actorId === order.customer_id) return texts.actors.customer;
  if (actorId.startsWith("system:")) return texts.actors.sweep;
  if (actorId.startsWith("key:")) return texts.actors.key;
  const name = couriers.find(({ id }) => id === actorId)?.name;
  if (name !== undefined) return name;
  if (actorId === order.assigned_courier) return texts.actors.courier;
  return BY_DISPATCHERS.includes(action) ? texts.actors.dispatcher : texts.actors.other;
}

function toneOf({ changes }: Entry): Tone {
  const after = changes?.status?.after;
  return after === undefined ? "neutral" : (ORDER_STATES[after]?.tone ?? "neutral");
}
