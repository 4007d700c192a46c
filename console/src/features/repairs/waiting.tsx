import { IconBuilding, IconHourglass } from "@tabler/icons-react";
import { useNow } from "~/components/date-time";
import { formatDuration, formatRelative, parseTime } from "~/components/time";
import styles from "./due.module.css";
import type { WorkOrder, WorkOrderDetail } from "./queries";
import { HOLD_REASONS } from "./states";
import { texts } from "./texts";

type Hold = NonNullable<WorkOrder["hold"]>;
type HoldEntry = WorkOrderDetail["holds"][number];

/** Says what a work order on hold waits for and for how long, or which vendor has it. */
export function Waiting({ order }: { order: WorkOrder }) {
  if (order.hold !== null) return <OnHold hold={order.hold} />;
  if (order.vendor === null) return null;
  return (
    <span className={`${styles.due} ${styles.waiting}`}>
      <IconBuilding size={14} aria-hidden="true" />
      <span>{texts.waiting.vendor(order.vendor)}</span>
    </span>
  );
}

/** Return the hold that lasts, if one does. */
export function presentHold({ holds }: WorkOrderDetail): HoldEntry | undefined {
  return holds.find(({ endedAt }) => endedAt === null);
}

function OnHold({ hold }: { hold: Hold }) {
  const now = useNow();
  const until = parseTime(hold.until);
  const isLate = until !== null && until < now;
  return (
    <span className={`${styles.due} ${styles.waiting} ${isLate ? styles.soon : ""}`}>
      <IconHourglass size={14} aria-hidden="true" />
      <span>
        {texts.waiting.since(HOLD_REASONS[hold.reason] ?? hold.reason, heldFor(hold, null, now))}
        {until !== null && `, ${texts.waiting.until(formatRelative(until, now))}`}
      </span>
    </span>
  );
}

/** Return for how long a hold has lasted, in whole minutes. */
export function heldFor({ at }: Pick<Hold, "at">, endedAt: string | null, now: Date): string {
  const seconds = ((parseTime(endedAt) ?? now).getTime() - new Date(at).getTime()) / 1000;
  return formatDuration(Math.max(60, Math.floor(seconds / 60) * 60));
}
