import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { DetailDrawer } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { StatusBadge } from "~/components/status-badge";
import { OrderActions } from "./order-actions";
import { OrderDetail } from "./order-detail";
import { orderQuery } from "./queries";
import { STATES } from "./states";
import { texts } from "./texts";

interface OrderDrawerProps {
  orderId: string | null;
  onClose: () => void;
}

/** Everything about one work order, and what the person can do with it. */
export function OrderDrawer({ orderId, onClose }: OrderDrawerProps) {
  const { data: order, error, refetch } = useQuery({ ...orderQuery(orderId ?? ""), enabled: orderId !== null });
  return (
    <DetailDrawer
      opened={orderId !== null}
      onClose={onClose}
      title={texts.detail.title(order?.code ?? "")}
      badge={order === undefined ? undefined : <StatusBadge state={order.state} states={STATES} />}
    >
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {order !== undefined && <OrderActions order={order} />}
      {order !== undefined && <OrderDetail order={order} />}
      {order === undefined && error === null && <Skeleton height={220} radius="md" />}
    </DetailDrawer>
  );
}
