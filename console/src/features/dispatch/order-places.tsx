import { useMemo } from "react";
import { DrawerSection } from "~/components/detail-drawer";
import { type MapLine, type MapPoint, MapView } from "~/components/map";
import type { Courier, Order } from "./queries";
import { texts } from "./texts";

/** Pickup, drop-off and courier on a map. */
export function OrderPlaces({ order, courier }: { order: Order; courier: Courier | undefined }) {
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
