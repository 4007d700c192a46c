import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { StateMessage } from "~/components/state-message";
import { AssignmentCard } from "./assignment-card";
import { assignmentsOf } from "./assignment-cells";
import { useHolderNames } from "./holder-names";
import styles from "./picking.module.css";
import type { AssignmentPage } from "./queries";

interface AssignmentListProps {
  title: string;
  query: UseInfiniteQueryResult<InfiniteData<AssignmentPage>, Error>;
  /** The open assignment. */
  open: string | null;
  onOpen: (assignmentId: string) => void;
  empty: string;
  filtered?: boolean;
  onClearFilters?: () => void;
}

/** Assignments one below the other, as a column of a page. */
export function AssignmentList({ title, query, open, onOpen, empty, ...filters }: AssignmentListProps) {
  const { state, paging } = useCursorRows(query, assignmentsOf);
  const names = useHolderNames(state.rows);
  return (
    <section aria-label={title}>
      <h2 className={styles.queue}>{title}</h2>
      <DataGrid
        label={title}
        columns={NO_COLUMNS}
        cards
        narrow={(assignment) => <AssignmentCard assignment={assignment} names={names} />}
        state={state}
        paging={paging}
        rowId={(assignment) => assignment.assignment_id}
        selected={open}
        onOpen={(assignment) => onOpen(assignment.assignment_id)}
        empty={<StateMessage kind="empty" title={empty} />}
        {...filters}
      />
    </section>
  );
}

const NO_COLUMNS = [] as const;
