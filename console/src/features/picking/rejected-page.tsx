import { useInfiniteQuery } from "@tanstack/react-query";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SelectFilter, useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import styles from "./picking.module.css";
import { type RejectedPage as Page, type RejectedEvent, rejectedQuery } from "./queries";
import { RejectedDrawer } from "./rejected-drawer";
import { eventInWords, reasonInWords } from "./rejected-words";
import { texts } from "./texts";

const FILTERS = ["status"] as const;

/** What scanners sent and the server refused, and one of these events beside the list. */
export default function RejectedPage() {
  const filters = useFilters(FILTERS);
  const [open, setOpen] = useAddressValue("event");
  const status = (filters.values.status || "open") as RejectedEvent["status"];
  const { state, paging } = useCursorRows(useInfiniteQuery(rejectedQuery(status)), eventsOf);
  const { rejected } = texts;
  return (
    <>
      <PageHeader title={rejected.title} description={rejected.description} />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SelectFilter
          label={rejected.filter}
          value={filters.values.status}
          onChange={(value) => filters.set("status", value)}
          options={DECIDED}
          allLabel={rejected.undecided}
        />
      </FilterBar>
      <DataGrid
        label={rejected.title}
        columns={COLUMNS}
        narrow={narrowRow}
        state={state}
        paging={paging}
        rowId={(event) => event.client_event_id}
        selected={open}
        onOpen={(event) => setOpen(event.client_event_id)}
        filtered={filters.active}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={rejected.empty} text={rejected.emptyHint} />}
      />
      <RejectedDrawer eventId={open} events={state.rows} loading={state.loading} onClose={() => setOpen(null)} />
    </>
  );
}

const DECIDED = (["accepted", "dismissed"] as const).map((value) => ({ value, label: texts.rejected.states[value] }));

function eventsOf(page: Page): readonly RejectedEvent[] {
  return page.events;
}

const { columns: headers } = texts.rejected;

const COLUMNS: readonly Column<RejectedEvent>[] = [
  {
    id: "event",
    header: headers.event,
    width: "minmax(0, 1.6fr)",
    cell: (event) => <span title={eventInWords(event)}>{eventInWords(event)}</span>,
  },
  {
    id: "reason",
    header: headers.reason,
    width: "minmax(0, 2.4fr)",
    cell: ({ reason }) => <span title={reasonInWords(reason)}>{reasonInWords(reason)}</span>,
  },
  {
    id: "person",
    header: headers.person,
    width: "minmax(0, 1.1fr)",
    cell: ({ user_name: name }) => <span title={name}>{name}</span>,
  },
  {
    id: "order",
    header: headers.order,
    width: "minmax(0, 0.9fr)",
    show: "medium",
    cell: ({ assignment_id: id = "–" }) => (
      <span className="code" title={id}>
        {id}
      </span>
    ),
  },
  {
    id: "received",
    header: headers.received,
    width: "6.5rem",
    align: "end",
    show: "medium",
    cell: ({ received_at: at }) => <TimeAgo value={at} />,
  },
];

function narrowRow(event: RejectedEvent) {
  return (
    <div className={styles.narrow}>
      <div className={styles.top}>
        <span className={styles.order}>{eventInWords(event)}</span>
        <TimeAgo value={event.received_at} />
      </div>
      <div className={styles.below}>
        {event.user_name} · {reasonInWords(event.reason)}
      </div>
    </div>
  );
}
