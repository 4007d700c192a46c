import { lazy, type RefObject, Suspense, useState } from "react";
import { type Dragging, useDrag } from "~/components/drag";
import type { PointAt } from "~/components/map";
import { courierName } from "./couriers";
import styles from "./map-page.module.css";
import { pointOf, selectedByPoint, selectionOf } from "./map-shapes";
import type { Courier, Order } from "./queries";
import { stepsFrom } from "./steps";
import { texts } from "./texts";

const AssignDialog = lazy(() => import("./assign-dialog"));

/**
 * Return what begins to drag an order, the point of the map under it that takes it, and what to show meanwhile. An order that is
 * dropped onto a free courier of the map is assigned after a question, because a crowd of couriers is easily missed.
 */
export function useDropOnCourier(
  pointAt: RefObject<PointAt | null>,
  orders: readonly Order[],
  couriers: ReadonlyMap<string, Courier>,
) {
  const [dropped, setDropped] = useState<{ order: Order; courier: Courier } | null>(null);
  const courierAt = (point: string | null): Courier | undefined => {
    const selection = selectionOf(selectedByPoint(point ?? ""));
    return selection?.kind === "courier" ? couriers.get(selection.id) : undefined;
  };
  const { dragging, begin } = useDrag<Order>({
    // Orders lie above couriers who stand at a pickup, and do not take the order from them.
    targetAt: (x, y, order) => {
      if (!isAssignable(order)) return null;
      return courierAt(pointAt.current?.(x, y, (point) => courierAt(point)?.status === "free") ?? null)?.id ?? null;
    },
    onDrop: (order, courierId) => {
      const courier = couriers.get(courierId);
      if (courier !== undefined) setDropped({ order, courier });
    },
  });
  const over = couriers.get(dragging?.over ?? "");
  const shown = (
    <>
      {dragging !== null && <Ghost dragging={dragging} over={over} />}
      {dropped !== null && (
        <Suspense>
          <AssignDialog
            courier={dropped.courier}
            order={orders.find(({ id }) => id === dropped.order.id) ?? dropped.order}
            onClose={() => setDropped(null)}
          />
        </Suspense>
      )}
    </>
  );
  return { begin, shown, target: over === undefined ? null : pointOf({ kind: "courier", id: over.id }) };
}

function isAssignable({ status }: Order): boolean {
  return stepsFrom(status).includes("assign");
}

/** The order under the pointer, on the side where there is room. */
function Ghost({ dragging: { item, x, y }, over }: { dragging: Dragging<Order>; over: Courier | undefined }) {
  const left = x < window.innerWidth / 2;
  const side = left ? { left: x + 12 } : { right: window.innerWidth - x + 12 };
  const hint = isAssignable(item) ? texts.map.drop : texts.map.noDrop;
  return (
    <div
      className={styles.ghost}
      style={{ ...side, top: y + 12 }}
      data-over={over !== undefined || undefined}
      aria-hidden="true"
    >
      <span className={styles.ghostTitle}>{item.pickup_address}</span>
      {over === undefined ? hint : texts.steps.assign.titleFor(courierName(over))}
    </div>
  );
}
