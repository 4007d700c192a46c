import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "~/api/schema";
import { ErrorNote } from "~/components/error-note";
import { readable, type Tone } from "~/components/status-badge";
import { Timeline } from "~/components/timeline";
import { type Courier, type Order, timelineQuery } from "./queries";
import { ORDER_STATES } from "./states";
import { texts } from "./texts";

interface OrderTimelineProps {
  order: Order;
  couriers: readonly Courier[];
}

/** What happened to an order, oldest first. */
export function OrderTimeline({ order, couriers }: OrderTimelineProps) {
  const { data, error, refetch } = useQuery(timelineQuery(order.id));
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
    actor: actorOf(entry.actor_id, order, couriers),
    tone: toneOf(entry),
  }));
  return <Timeline entries={entries} label={texts.detail.timeline} />;
}

function titleOf(action: string): string {
  return (texts.actions as Readonly<Record<string, string>>)[action] ?? readable(action);
}

/** Return a name for whoever did it, without another request: the API's timeline has ids only. */
export function actorOf(actorId: string, order: Order, couriers: readonly Courier[]): string {
  if (actorId === order.customer_id) return texts.actors.customer;
  if (actorId.startsWith("system:")) return texts.actors.sweep;
  if (actorId.startsWith("key:")) return texts.actors.key;
  return couriers.find(({ id }) => id === actorId)?.name ?? texts.actors.other;
}

function toneOf({ changes }: Schema<"OrderTimelineEntry">): Tone {
  const after = changes?.status?.after;
  return after === undefined ? "neutral" : (ORDER_STATES[after]?.tone ?? "neutral");
}
