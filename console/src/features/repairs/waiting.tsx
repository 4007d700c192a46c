import { IconBuilding, IconHourglass } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useCan } from "~/app/me";
import { useNow } from "~/components/date-time";
import { formatDuration, formatRelative, parseTime } from "~/components/time";
import styles from "./due.module.css";
import { READ } from "./permissions";
import { type WorkOrder, type WorkOrderDetail, waitingQuery } from "./queries";
import { HOLD_REASONS } from "./states";
import { texts } from "./texts";

type Hold = WorkOrderDetail["holds"][number];

/** Says what a work order on hold waits for and for how long, or which vendor has it. */
export function Waiting({ order }: { order: WorkOrder }) {
  const waits = order.state === "ON_HOLD" || order.state === "OUTSOURCED";
  const enabled = useCan()(READ) && waits;
  const { data } = useQuery({ ...waitingQuery(order), enabled });
  if (data === undefined || !waits) return null;
  const hold = presentHold(data);
  if (hold !== undefined) return <OnHold hold={hold} />;
  if (data.vendor === null || order.state !== "OUTSOURCED") return null;
  return (
    <span className={`${styles.due} ${styles.waiting}`} title={data.vendorNote ?? undefined}>
      <IconBuilding size={14} aria-hidden="true" />
      <span>{texts.waiting.vendor(data.vendor)}</span>
    </span>
  );
}

/** Return the hold that lasts, if one does. */
export function presentHold({ holds }: WorkOrderDetail): Hold | undefined {
  return holds.find(({ endedAt }) => endedAt === null);
}

function OnHold({ hold }: { hold: Hold }) {
  const now = useNow();
  const until = parseTime(hold.until);
  const isLate = until !== null && until < now;
  return (
    <span className={`${styles.due} ${styles.waiting} ${isLate ? styles.soon : ""}`} title={hold.note ?? undefined}>
      <IconHourglass size={14} aria-hidden="true" />
      <span>
        {texts.waiting.since(HOLD_REASONS[hold.reason] ?? hold.reason, heldFor(hold, now))}
        {until !== null && `, ${texts.waiting.until(formatRelative(until, now))}`}
      </span>
    </span>
  );
}

/** Return for how long a hold has lasted, in whole minutes. */
export function heldFor({ at, endedAt }: Hold, now: Date): string {
  const seconds = ((parseTime(endedAt) ?? now).getTime() - new Date(at).getTime()) / 1000;
  return formatDuration(Math.max(60, Math.floor(seconds / 60) * 60));
}
