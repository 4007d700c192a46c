import { lazy, Suspense, useState } from "react";
import type { OrderDrawerProps } from "./order-detail-drawer";

const OrderDetailDrawer = lazy(() => import("./order-detail-drawer"));

/** Everything about one order. It is loaded when the first order is opened, and stays, so that it can close in its own time. */
export function OrderDrawer(props: OrderDrawerProps) {
  const [wanted, setWanted] = useState(false);
  if (props.orderId !== null && !wanted) setWanted(true);
  if (!wanted) return null;
  return (
    <Suspense>
      <OrderDetailDrawer {...props} />
    </Suspense>
  );
}
