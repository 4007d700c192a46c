import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SearchFilter, SelectFilter } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { ProgressBar } from "~/components/progress-bar";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { pagingOf, useListAddress } from "../list";
import { NarrowRow } from "../narrow-row";
import { optionsOf } from "../states";
import { Tabs, TRACE_TABS } from "../tabs";
import { NewRecall } from "./new-recall";
import { type Recall, recallsQuery } from "./queries";
import { RECALL_STATES } from "./states";
import { texts } from "./texts";

const STATES = optionsOf(RECALL_STATES);

/** The list of recall cases. */
export default function RecallsPage() {
  const navigate = useNavigate();
  const address = useListAddress();
  const query = useQuery(recallsQuery(address.filter, address.page));
  return (
    <>
      <PageHeader title={texts.title} description={texts.description} actions={<NewRecall />} />
      <Tabs tabs={TRACE_TABS} />
      <FilterBar active={address.active} onClear={address.clear}>
        <SearchFilter label={texts.search} value={address.filter.q} onChange={(value) => address.set("q", value)} />
        <SelectFilter
          label={texts.columns.status}
          options={STATES}
          value={address.filter.status}
          onChange={(value) => address.set("status", value)}
        />
      </FilterBar>
      <DataGrid
        label={texts.list}
        columns={COLUMNS}
        narrow={narrowRecall}
        state={rowsOf(query, (page) => page.data)}
        paging={pagingOf(query, address)}
        rowId={({ id }) => id}
        onOpen={({ id }) => void navigate(`/trace/recalls/${id}`)}
        filtered={address.active}
        onClearFilters={address.clear}
        empty={<StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />}
      />
    </>
  );
}

const { columns } = texts;

const COLUMNS: readonly Column<Recall>[] = [
  {
    id: "reason",
    header: columns.reason,
    width: "minmax(0, 2fr)",
    cell: ({ reason }) => <span title={reason}>{reason}</span>,
  },
  { id: "status", header: columns.status, width: "8rem", cell: (recall) => <Status recall={recall} /> },
  {
    id: "lots",
    header: columns.lots,
    width: "minmax(0, 1fr)",
    show: "medium",
    cell: ({ lots }) => <span className="code">{lots.length === 0 ? "–" : lots.join(", ")}</span>,
  },
  {
    id: "handled",
    header: columns.handled,
    width: "12rem",
    show: "medium",
    cell: ({ handled, units }) => <ProgressBar done={handled} total={units} />,
  },
  {
    id: "opened",
    header: columns.opened,
    width: "7rem",
    align: "end",
    show: "wide",
    cell: ({ createdAt }) => <TimeAgo value={createdAt} />,
  },
];

function Status({ recall: { status } }: { recall: Recall }) {
  return <StatusBadge state={status} states={RECALL_STATES} />;
}

function narrowRecall(recall: Recall) {
  const { reason, units, lots, createdAt } = recall;
  const meta = [texts.units(units), ...lots].join(" · ");
  return <NarrowRow title={reason} badge={<Status recall={recall} />} meta={meta} time={createdAt} />;
}
