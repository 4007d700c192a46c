import { IconAlertTriangle, IconClock, IconPlayerPause } from "@tabler/icons-react";
import { useNow } from "~/components/date-time";
import { Badge } from "~/components/status-badge";
import { formatDuration, formatExact, formatRelative, parseTime } from "~/components/time";
import styles from "./due.module.css";
import type { WorkOrder } from "./queries";
import type { Priority, WorkOrderState } from "./states";
import { PRIORITIES } from "./states";
import { texts } from "./texts";

/** As in the organisation's settings where nobody has changed them; a lead may not read those. */
const SOON_MS = 2 * 3_600_000;

/** The states in which nothing can become overdue. */
const CLOCKLESS: readonly WorkOrderState[] = ["DONE", "CANCELLED", "ON_HOLD"];

export type Urgency = "none" | "soon" | "overdue";

interface Dated {
  state: WorkOrderState;
  sla: WorkOrder["sla"];
}

export function urgencyOf({ state, sla }: Dated, now: Date): Urgency {
  if (CLOCKLESS.includes(state)) return "none";
  const left = new Date(sla.dueAt).getTime() - now.getTime();
  if (left < 0) return "overdue";
  return left <= SOON_MS ? "soon" : "none";
}

/** Says when a work order is due, or for how long it is overdue; not by colour alone. */
export function Due({ order }: { order: Dated }) {
  const now = useNow();
  const due = parseTime(order.sla.dueAt);
  if (order.state === "ON_HOLD") return <Stopped />;
  if (due === null || CLOCKLESS.includes(order.state)) return null;
  const urgency = urgencyOf(order, now);
  const Icon = urgency === "overdue" ? IconAlertTriangle : IconClock;
  return (
    <time dateTime={order.sla.dueAt} title={formatExact(due)} className={`${styles.due} ${styles[urgency]}`}>
      <Icon size={14} aria-hidden="true" />
      {dueText(urgency, due, now)}
    </time>
  );
}

/** On hold the due date is paused; it is known when the work is resumed. */
function Stopped() {
  return (
    <span className={styles.due}>
      <IconPlayerPause size={14} aria-hidden="true" />
      {texts.due.stopped}
    </span>
  );
}

function dueText(urgency: Urgency, due: Date, now: Date): string {
  if (urgency === "overdue") return texts.due.overdue(overdueFor(due, now));
  const when = formatRelative(due, now);
  return urgency === "soon" ? texts.due.soon(when) : texts.due.due(when);
}

/** In whole minutes, and from a day on in whole hours. */
function overdueFor(due: Date, now: Date): string {
  const seconds = (now.getTime() - due.getTime()) / 1000;
  const unit = seconds < 86_400 ? 60 : 3_600;
  return formatDuration(Math.max(unit, Math.floor(seconds / unit) * unit));
}

export function PriorityBadge({ priority }: { priority: Priority }) {
  const { tone, label } = PRIORITIES[priority] ?? { tone: "neutral", label: priority };
  return <Badge tone={tone}>{label}</Badge>;
}
