import { lazy, type RefObject, Suspense, useState } from "react";
import { useDrag } from "~/components/drag";
import type { PointAt } from "~/components/map";
import { courierName } from "./couriers";
import styles from "./map-page.module.css";
import { selectedByPoint, selectionOf } from "./map-shapes";
import type { Courier, Order } from "./queries";
import { stepsFrom } from "./steps";
import { texts } from "./texts";

const AssignDialog = lazy(() => import("./assign-dialog"));

/**
 * Return what begins to drag an order, and what to show meanwhile. An order that is dropped onto a free courier of the map is
 * assigned after a question, because a crowd of couriers is easily missed.
 */
export function useDropOnCourier(pointAt: RefObject<PointAt | null>, couriers: ReadonlyMap<string, Courier>) {
  const [dropped, setDropped] = useState<{ order: Order; courier: Courier } | null>(null);
  const { dragging, begin } = useDrag<Order>({
    targetAt: (x, y, order) => {
      const selection = selectionOf(selectedByPoint(pointAt.current?.(x, y) ?? ""));
      const courier = selection?.kind === "courier" ? couriers.get(selection.id) : undefined;
      return courier?.status === "free" && stepsFrom(order.status).includes("assign") ? courier.id : null;
    },
    onDrop: (order, courierId) => {
      const courier = couriers.get(courierId);
      if (courier !== undefined) setDropped({ order, courier });
    },
  });
  const over = couriers.get(dragging?.over ?? "");
  const shown = (
    <>
      {dragging !== null && (
        <div className={styles.ghost} style={{ left: dragging.x + 12, top: dragging.y + 12 }} aria-hidden="true">
          {dragging.item.pickup_address}
          <br />
          {over === undefined ? texts.map.drop : texts.steps.assign.titleFor(courierName(over))}
        </div>
      )}
      {dropped !== null && (
        <Suspense>
          <AssignDialog {...dropped} onClose={() => setDropped(null)} />
        </Suspense>
      )}
    </>
  );
  return { begin, shown };
}
