import { useInfiniteQuery } from "@tanstack/react-query";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { useAddressValue } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { AssignmentDrawer } from "./assignment-drawer";
import styles from "./picking.module.css";
import { type Short, type ShortPage, shortsQuery } from "./queries";
import { texts } from "./texts";

/** The lines that were closed short, and the assignment of one beside the list. */
export default function ShortsPage() {
  const [open, setOpen] = useAddressValue("assignment");
  const { state, paging } = useCursorRows(useInfiniteQuery(shortsQuery), shortsOf);
  const { shorts } = texts;
  return (
    <>
      <PageHeader title={shorts.title} description={shorts.description} />
      <DataGrid
        label={shorts.title}
        columns={COLUMNS}
        narrow={narrowRow}
        state={state}
        paging={paging}
        rowId={({ assignment_id: id, line_number: number }) => `${id}:${number}`}
        onOpen={(short) => setOpen(short.assignment_id)}
        empty={<StateMessage kind="empty" title={shorts.empty} text={shorts.emptyHint} />}
      />
      <AssignmentDrawer assignmentId={open} onClose={() => setOpen(null)} />
    </>
  );
}

function shortsOf(page: ShortPage): readonly Short[] {
  return page.shorts;
}

function text(of: (short: Short) => string) {
  return (short: Short) => <span title={of(short)}>{of(short)}</span>;
}

function orderOf({ order_label: label, assignment_id: id }: Short): string {
  return label || id;
}

const { columns: headers, missing: missingOf } = texts.shorts;

const COLUMNS: readonly Column<Short>[] = [
  { id: "order", header: headers.order, width: "minmax(0, 1.2fr)", cell: text(orderOf) },
  { id: "line", header: headers.line, width: "minmax(0, 1fr)", cell: text(({ sku }) => sku) },
  { id: "location", header: headers.location, width: "minmax(0, 0.8fr)", cell: text(({ location }) => location) },
  {
    id: "missing",
    header: headers.missing,
    width: "minmax(5rem, 0.7fr)",
    cell: ({ missing, quantity }) => <span className="numbers">{missingOf(missing, quantity)}</span>,
  },
  { id: "reason", header: headers.reason, width: "minmax(0, 2fr)", show: "medium", cell: text(({ reason }) => reason) },
  { id: "person", header: headers.person, width: "minmax(0, 1fr)", show: "wide", cell: text((one) => one.user_name) },
  {
    id: "at",
    header: headers.at,
    width: "6.5rem",
    align: "end",
    show: "medium",
    cell: ({ at }) => <TimeAgo value={at} />,
  },
];

function narrowRow(short: Short) {
  return (
    <div className={styles.narrow}>
      <div className={styles.top}>
        <span className={styles.order}>
          {short.sku} · {short.location}
        </span>
        <span className="numbers">{missingOf(short.missing, short.quantity)}</span>
      </div>
      <div className={styles.below}>
        {orderOf(short)} · {short.reason}
      </div>
    </div>
  );
}
