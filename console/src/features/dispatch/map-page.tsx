import { SegmentedControl } from "@mantine/core";
import { useRef } from "react";
import { useAddress } from "~/components/address";
import { ErrorNote } from "~/components/error-note";
import { useAddressValue, useFilters } from "~/components/filters";
import { MapView, type PointAt } from "~/components/map";
import { PageHeader } from "~/components/page-header";
import { CourierPane } from "./courier-pane";
import { MapLegend } from "./map-legend";
import styles from "./map-page.module.css";
import { pointOf, selectedByPoint, selectionOf } from "./map-shapes";
import { OrderDrawer } from "./order-drawer";
import { OrderPane } from "./order-pane";
import { Selected } from "./selected";
import { texts } from "./texts";
import { useDropOnCourier } from "./use-drop-on-courier";
import { useMapData } from "./use-map-data";

const FILTERS = ["status", "courier", "state", "q", "near"] as const;

/** The map of couriers and orders, with the same things in a list beside it. */
export default function MapPage() {
  const filters = useFilters(FILTERS);
  const [tab, setTab] = useAddressValue("list");
  const [address, setAddress] = useAddress();
  const selected = address.get("selected");
  const [open, setOpen] = useAddressValue("order");
  const { fleet, ordersRead, couriers, orders, byId, counts, points, lines, listed } = useMapData(filters.values);
  const selection = selectionOf(selected);
  const pointAt = useRef<PointAt | null>(null);
  const drag = useDropOnCourier(pointAt, orders, byId);
  const list = tab ?? selection?.kind ?? "order";

  /** The list follows what is selected on the map. */
  function select(text: string | null): void {
    setAddress({ selected: text, list: selectionOf(text)?.kind ?? list }, { replace: true });
  }
  return (
    <>
      <PageHeader title={texts.map.title} description={texts.map.description} />
      <div className={styles.split}>
        <div className={styles.mapSide}>
          <div className={styles.map}>
            <MapView
              label={texts.map.label}
              points={points}
              lines={lines}
              selected={pointOf(selection)}
              pointAt={pointAt}
              target={drag.target}
              onSelect={(point) => select(selectedByPoint(point))}
            />
          </div>
          <MapLegend
            counts={counts}
            state={filters.values.state}
            onState={(state) => setAddress({ state, near: null, list: "courier" })}
          />
        </div>
        <div className={styles.listSide}>
          <SegmentedControl
            fullWidth
            aria-label={texts.map.lists}
            value={list}
            onChange={setTab}
            data={[
              { value: "order", label: texts.map.orders(orders.length) },
              { value: "courier", label: texts.map.couriers(couriers.length) },
            ]}
          />
          <Selected
            selection={selection}
            orders={orders}
            couriers={byId}
            onSelect={select}
            onOpen={setOpen}
            onNear={(near) => setAddress({ near, list: "courier" })}
          />
          {list === "order" ? (
            <>
              <ErrorNote error={fleet.error} onRetry={() => void fleet.refetch()} />
              <OrderPane
                filters={filters}
                query={ordersRead}
                couriers={byId}
                selected={idOf(selection, "order")}
                onSelect={(id) => select(`order:${id}`)}
                onDrag={drag.begin}
              />
            </>
          ) : (
            <CourierPane
              filters={filters}
              query={listed.query}
              shown={listed.rows}
              selected={idOf(selection, "courier")}
              onSelect={(id) => select(`courier:${id}`)}
            />
          )}
        </div>
      </div>
      {drag.shown}
      <OrderDrawer orderId={open} couriers={couriers} onClose={() => setOpen(null)} />
    </>
  );
}

function idOf(selection: ReturnType<typeof selectionOf>, kind: "order" | "courier"): string | null {
  return selection?.kind === kind ? selection.id : null;
}
