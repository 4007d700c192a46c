import { TimeAgo } from "~/components/date-time";
import { ProgressBar } from "~/components/progress-bar";
import { labelOf } from "./assignment-cells";
import styles from "./board.module.css";
import { type Names, namesOfHolders } from "./holder-names";
import picking from "./picking.module.css";
import type { Assignment } from "./queries";
import { ASSIGNMENT_STATES } from "./states";
import { texts } from "./texts";

interface AssignmentCardProps {
  assignment: Assignment;
  names: Names;
  /** Says the state instead of the priority, where a list has several. */
  withState?: boolean;
}

/** An assignment in two lines: the order and its progress; who has it, where, how urgent it is, and since when. */
export function AssignmentCard({ assignment, names, withState = false }: AssignmentCardProps) {
  const { customer, zone, route, priority, picked_qty: picked, qty, status } = assignment;
  const label = labelOf(assignment);
  const where = [namesOfHolders(assignment, names), zone, route].filter((text) => text !== "").join(" · ");
  return (
    <div className={styles.card}>
      <div className={styles.top}>
        <span title={`${label} · ${customer}`}>
          <span className={picking.order}>{label}</span>
          <span className={picking.customer}>{customer}</span>
        </span>
        <ProgressBar done={picked} total={qty} />
      </div>
      <div className={styles.below}>
        <span title={where}>{where}</span>
        <span>
          {withState ? ASSIGNMENT_STATES[status].label : texts.board.priority(priority)} ·{" "}
          <TimeAgo value={sinceOf(assignment)} />
        </span>
      </div>
    </div>
  );
}

/** Return since when an assignment waits or is picked, or when it was done. */
function sinceOf({ status, created_at: imported, started_at: started, updated_at: updated }: Assignment): string {
  if (status === "queued") return imported;
  return (status === "active" ? started : undefined) ?? updated;
}
