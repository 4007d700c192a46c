import { Radio, Skeleton, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { TimeAgo } from "~/components/date-time";
import { ErrorNote } from "~/components/error-note";
import styles from "./courier-choice.module.css";
import { courierName, distanceKm } from "./couriers";
import { freeQuery, nearQuery } from "./fleet-queries";
import { pickupOf, positionOf } from "./map-shapes";
import type { Courier, Order } from "./queries";
import { texts } from "./texts";

const MANY = 8;
/** So many are shown; who looks for another one types a part of the name. */
const MOST = 50;

interface CourierChoiceProps {
  order: Order;
  value: string;
  error: string | null;
  onChange: (courierId: string) => void;
}

/** One of the couriers on duty without an order: the nearest to the pickup first, where its position is known. */
export function CourierChoice({ order, value, error, onChange }: CourierChoiceProps) {
  const [search, setSearch] = useState("");
  const pickup = pickupOf(order);
  const near = useQuery(nearQuery(pickup?.join(",") ?? ""));
  const free = useQuery(freeQuery);
  const couriers = free.data === undefined ? undefined : nearestFirst(near.data ?? [], free.data);
  const choices = useFocusOnFirst(free.data !== undefined);
  if (couriers === undefined) {
    return free.error === null ? <Skeleton height={160} radius="md" /> : <ErrorNote error={free.error} />;
  }
  if (couriers.length === 0) return <Text c="dimmed">{texts.steps.assign.nobody}</Text>;
  const shown = couriers.filter((courier) => courierName(courier).toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <>
      {couriers.length > MANY && (
        <TextInput
          label={texts.couriers.search}
          leftSection={<IconSearch size={16} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <Radio.Group value={value} onChange={onChange} error={error} aria-label={texts.couriers.list}>
        <div className={styles.choices} ref={choices}>
          {shown.slice(0, MOST).map((courier) => (
            <Radio.Card key={courier.id} value={courier.id} className={styles.choice ?? ""} radius="md">
              <Radio.Indicator />
              <span className={styles.name}>{courierName(courier)}</span>
              <span className={styles.where}>
                <Where courier={courier} pickup={pickup} />
              </span>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
    </>
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
