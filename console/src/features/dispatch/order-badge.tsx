import { Badge, StatusBadge } from "~/components/status-badge";
import type { Order } from "./queries";
import { ORDER_STATES } from "./states";
import { texts } from "./texts";

/** The state of an order; one without a courier waits as long as the server still looks for one. */
export function OrderBadge({ order: { status, waiting_until: until } }: { order: Order }) {
  if (status === "no_nearby_driver" && until !== undefined) return <Badge tone="warning">{texts.waiting}</Badge>;
  return <StatusBadge state={status} states={ORDER_STATES} />;
}
