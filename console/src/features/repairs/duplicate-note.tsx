import { Button } from "@mantine/core";
import { IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { ApiError } from "~/api/errors";
import styles from "./conflict-note.module.css";
import { OrderLink } from "./links";
import { orderQuery } from "./queries";
import { stateName } from "./states";
import { texts } from "./texts";

/** Return the id of the open work order of the same item because of which another one was refused, or null. */
export function duplicateOf(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.code !== "DUPLICATE_WORK_ORDER") return null;
  const { workOrderId } = error.details;
  return typeof workOrderId === "string" ? workOrderId : null;
}

interface DuplicateNoteProps {
  orderId: string;
  onAnyway: () => void;
}

/** Names the other work order of an item, and makes another one all the same. */
export function DuplicateNote({ orderId, onAnyway }: DuplicateNoteProps) {
  const { data: order } = useQuery(orderQuery(orderId));
  const { duplicate } = texts;
  return (
    <div className={styles.note} role="alert">
      <IconCopy size={18} className={styles.icon} aria-hidden="true" />
      <div>
        <p className={styles.title}>{duplicate.title}</p>
        {order !== undefined && (
          <p>
            <OrderLink order={order} /> {duplicate.now(stateName(order.state), order.technician ?? order.vendor)}
          </p>
        )}
        <p>{duplicate.text}</p>
        <Button mt="xs" size="compact-sm" variant="default" onClick={onAnyway}>
          {duplicate.anyway}
        </Button>
      </div>
    </div>
  );
}
