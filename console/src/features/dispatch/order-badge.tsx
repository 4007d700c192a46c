import { Badge, StatusBadge } from "~/components/status-badge";
import type { Order } from "./queries";
import { isWaiting, ORDER_STATES } from "./states";
import { texts } from "./texts";

/** The state of an order; one without a courier waits as long as the server still looks for one. */
export function OrderBadge({ order }: { order: Order }) {
  if (isWaiting(order)) return <Badge tone="warning">{texts.waiting}</Badge>;
  return <StatusBadge state={order.status} states={ORDER_STATES} />;
}
