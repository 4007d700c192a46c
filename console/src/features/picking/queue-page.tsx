import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { Columns } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { columns } from "./assignment-cells";
import { AssignmentDrawer } from "./assignment-drawer";
import styles from "./picking.module.css";
import { type Assignment, type Queue, queueQuery } from "./queries";
import { ROLES, type Role } from "./states";
import { texts } from "./texts";

/** The queue of each role, in the order in which it is claimed. */
export default function QueuePage() {
  const queue = useQuery(queueQuery);
  const [open, setOpen] = useAddressValue("assignment");
  return (
    <>
      <PageHeader title={texts.queue.title} description={texts.queue.description} />
      {queue.data?.cut && <p className={styles.hint}>{texts.queue.cut}</p>}
      <Columns width="26rem">
        {ROLES.map((role) => (
          <RoleQueue key={role} role={role} queue={queue} open={open} onOpen={setOpen} />
        ))}
      </Columns>
      <AssignmentDrawer assignmentId={open} onClose={() => setOpen(null)} />
    </>
  );
}

interface RoleQueueProps {
  role: Role;
  queue: ReturnType<typeof useQuery<Queue>>;
  open: string | null;
  onOpen: (assignmentId: string) => void;
}

function RoleQueue({ role, queue, open, onOpen }: RoleQueueProps) {
  const { data } = queue;
  const rows = useMemo(() => data?.assignments.filter((assignment) => assignment.role === role) ?? [], [data, role]);
  return (
    <section aria-label={texts.roles[role]}>
      <h2 className={styles.queue}>{texts.roles[role]}</h2>
      <DataGrid
        label={texts.roles[role]}
        columns={COLUMNS}
        state={{ ...rowsOf(queue, () => rows), rows }}
        rowId={(assignment) => assignment.assignment_id}
        selected={open}
        onOpen={(assignment) => onOpen(assignment.assignment_id)}
        empty={<StateMessage kind="empty" title={texts.queue.empty} />}
      />
    </section>
  );
}

const COLUMNS: readonly Column<Assignment>[] = [
  { ...columns.priority, width: "3.5rem", align: "start", show: "always" },
  columns.order,
  { ...columns.zone, show: "medium" },
  columns.route,
  {
    id: "units",
    header: texts.columns.units,
    width: "minmax(4rem, 0.6fr)",
    align: "end",
    cell: ({ picked_qty, qty }) => (
      <span className="numbers">
        {picked_qty > 0 ? `${picked_qty.toLocaleString("en")} / ` : ""}
        {qty.toLocaleString("en")}
      </span>
    ),
  },
  columns.imported,
];
