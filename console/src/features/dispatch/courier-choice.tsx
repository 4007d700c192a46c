import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { TimeAgo } from "~/components/date-time";
import { ErrorNote } from "~/components/error-note";
import { PersonChoice } from "~/components/person-choice";
import { courierName, distanceKm } from "./couriers";
import { freeQuery, nearQuery } from "./fleet-queries";
import { pickupOf, positionOf } from "./map-shapes";
import type { Courier, Order } from "./queries";
import { texts } from "./texts";

/** An organisation may have thousands of free couriers. */
const MOST = 50;

interface CourierChoiceProps {
  order: Order;
  value: string;
  error: string | null;
  onChange: (courierId: string) => void;
}

/** One of the couriers on duty without an order: the nearest to the pickup first, where its position is known. */
export function CourierChoice({ order, value, error, onChange }: CourierChoiceProps) {
  const pickup = pickupOf(order);
  const near = useQuery(nearQuery(pickup?.join(",") ?? ""));
  const free = useQuery(freeQuery);
  const couriers = free.data === undefined ? undefined : nearestFirst(near.data ?? [], free.data);
  const choices = useFocusOnFirst(free.data !== undefined);
  if (couriers === undefined) {
    return free.error === null ? <Skeleton height={160} radius="md" /> : <ErrorNote error={free.error} />;
  }
  if (couriers.length === 0) return <Text c="dimmed">{texts.steps.assign.nobody}</Text>;
  return (
    <PersonChoice
      ref={choices}
      label={texts.couriers.list}
      searchLabel={texts.couriers.search}
      choices={couriers.map((courier) => ({
        id: courier.id,
        name: courierName(courier),
        aside: <Where courier={courier} pickup={pickup} />,
      }))}
      most={MOST}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}

/** The keyboard begins at the first courier, once the couriers are there. */
function useFocusOnFirst(loaded: boolean) {
  const choices = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (loaded) choices.current?.querySelector<HTMLElement>("[role=radio]")?.focus();
  }, [loaded]);
  return choices;
}

function Where({ courier, pickup }: { courier: Courier; pickup: readonly [number, number] | null }) {
  const position = positionOf(courier);
  if (position === null) return texts.steps.assign.noPosition;
  if (pickup !== null) return texts.couriers.km(distanceKm(position, pickup));
  return <TimeAgo value={courier.position_at} />;
}

function nearestFirst(near: readonly Courier[], free: readonly Courier[]): readonly Courier[] {
  const ids = new Set(near.map(({ id }) => id));
  return [...near, ...free.filter(({ id }) => !ids.has(id))];
}
