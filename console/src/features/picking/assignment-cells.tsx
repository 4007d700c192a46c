import { shortId } from "~/components/copyable";
import type { Column } from "~/components/data-grid";
import { TimeAgo } from "~/components/date-time";
import { ProgressBar } from "~/components/progress-bar";
import { StatusBadge } from "~/components/status-badge";
import styles from "./picking.module.css";
import type { Assignment, AssignmentPage } from "./queries";
import { ASSIGNMENT_STATES } from "./states";
import { texts } from "./texts";

/** Return the order as people call it. */
export function labelOf({ order_label: label, assignment_id: id }: Assignment): string {
  return label || shortId(id);
}

export function assignmentsOf(page: AssignmentPage): readonly Assignment[] {
  return page.assignments;
}

interface Option {
  value: string;
  label: string;
}

/** Return the options with the one that a link has chosen, although there is none. */
export function withCurrent(options: readonly Option[], value: string): readonly Option[] {
  const listed = value === "" || options.some((option) => option.value === value);
  return listed ? options : [...options, { value, label: value }];
}

/** The columns that all lists of assignments have. */
export const columns = {
  order: {
    id: "order",
    header: texts.columns.order,
    width: "minmax(0, 2.2fr)",
    cell: (assignment) => (
      <span title={`${labelOf(assignment)} · ${assignment.customer}`}>
        <span className={styles.order}>{labelOf(assignment)}</span>
        <span className={styles.customer}>{assignment.customer}</span>
      </span>
    ),
  },
  status: {
    id: "status",
    header: texts.columns.status,
    width: "7.25rem",
    cell: ({ status }) => <StatusBadge state={status} states={ASSIGNMENT_STATES} />,
  },
  progress: {
    id: "progress",
    header: texts.columns.progress,
    width: "minmax(5rem, 1.1fr)",
    cell: ({ picked_qty, qty }) => <ProgressBar done={picked_qty} total={qty} />,
  },
  zone: {
    id: "zone",
    header: texts.columns.zone,
    width: "minmax(0, 0.8fr)",
    show: "wide",
    cell: ({ zone }) => <span title={zone}>{zone || "–"}</span>,
  },
  priority: {
    id: "priority",
    header: texts.columns.priority,
    width: "4rem",
    align: "end",
    show: "medium",
    cell: ({ priority }) => <span className="numbers">{priority}</span>,
  },
  imported: {
    id: "imported",
    header: texts.columns.imported,
    width: "5.5rem",
    align: "end",
    show: "medium",
    cell: ({ created_at }) => <TimeAgo value={created_at} />,
  },
} satisfies Record<string, Column<Assignment>>;
