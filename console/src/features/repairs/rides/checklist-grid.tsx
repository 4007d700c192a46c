import { useInfiniteQuery } from "@tanstack/react-query";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { type ChecklistSummary, checklistsOf, checklistsQuery } from "./queries";
import styles from "./rides.module.css";
import { CHECKLIST_STATES } from "./states";
import { texts } from "./texts";

const { columns } = texts.checklists;
const COLUMNS: readonly Column<ChecklistSummary>[] = [
  {
    id: "ref",
    header: columns.ref,
    width: "10rem",
    cell: ({ checklistRef }) => <span className="code">{checklistRef}</span>,
  },
  { id: "name", header: columns.name, cell: ({ name }) => name },
  { id: "ride", header: columns.ride, show: "medium", cell: ({ ride, rideCode }) => `${ride} (${rideCode})` },
  {
    id: "status",
    header: columns.status,
    width: "8rem",
    cell: ({ status }) => <StatusBadge state={status} states={CHECKLIST_STATES} />,
  },
  { id: "items", header: columns.items, width: "5rem", align: "end", show: "wide", cell: ({ itemCount }) => itemCount },
  {
    id: "open",
    header: columns.open,
    width: "10rem",
    align: "end",
    show: "medium",
    cell: ({ openCount }) => openCount,
  },
];

interface ChecklistGridProps {
  /** The code of a ride, or nothing for all. */
  ride: string;
  open: string | null;
  onOpen: (checklistRef: string) => void;
}

/** The checklists of a ride, or of all that the person may see. */
export function ChecklistGrid({ ride, open, onOpen }: ChecklistGridProps) {
  const { state, paging } = useCursorRows(useInfiniteQuery(checklistsQuery(ride)), checklistsOf);
  return (
    <DataGrid
      label={texts.checklists.title}
      columns={COLUMNS}
      state={state}
      paging={paging}
      rowId={({ checklistRef }) => checklistRef}
      selected={open}
      onOpen={({ checklistRef }) => onOpen(checklistRef)}
      narrow={(checklist) => <Narrow checklist={checklist} />}
      empty={<StateMessage kind="empty" title={texts.checklists.empty} text={texts.checklists.emptyHint} />}
    />
  );
}

function Narrow({ checklist }: { checklist: ChecklistSummary }) {
  const { name, ride, status, itemCount, openCount } = checklist;
  return (
    <span className={styles.narrow}>
      <span className={styles.line}>
        <strong className={styles.text}>
          {name} · {ride}
        </strong>
        <StatusBadge state={status} states={CHECKLIST_STATES} />
      </span>
      <span className={`${styles.text} ${styles.meta}`}>
        {checklist.checklistRef} · {texts.checklists.counts(itemCount, openCount)}
      </span>
    </span>
  );
}
