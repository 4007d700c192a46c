import { type InfiniteData, type UseInfiniteQueryResult, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Can, useCan } from "~/app/me";
import { FilterBar, type Filters, SelectFilter, useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { Columns } from "~/components/panel";
import { withCurrent } from "./assignment-cells";
import { AssignmentDrawer } from "./assignment-drawer";
import { AssignmentList } from "./assignment-list";
import board from "./board.module.css";
import { MANAGE } from "./permissions";
import { type AssignmentPage, assignmentsQuery, pickersQuery, queueQuery } from "./queries";
import { type AssignmentState, ROLE_OPTIONS, STATE_OPTIONS } from "./states";
import { texts } from "./texts";
import { ZoneStrip } from "./zone-strip";

const FILTERS = ["zone", "status", "role", "holder"] as const;
type BoardFilters = Filters<(typeof FILTERS)[number]>;

/** What waits and what is picked, by zone: who has what, how far it is, and how long it has waited. */
export default function BoardPage() {
  const filters = useFilters(FILTERS);
  const [open, setOpen] = useAddressValue("assignment");
  const { zone, status, holder } = filters.values;
  return (
    <>
      <PageHeader title={texts.board.title} description={texts.board.description} />
      <ZoneStrip value={zone} onChange={(next) => filters.set("zone", next)} />
      <BoardFilter filters={filters} />
      <div className={board.lists}>
        <Columns width="24rem">
          {statesOf(status, holder).map((state) => {
            const List = state === "queued" && holder === "" ? Waiting : Listed;
            return <List key={state} state={state} filters={filters} open={open} onOpen={setOpen} />;
          })}
        </Columns>
      </div>
      <AssignmentDrawer assignmentId={open} onClose={() => setOpen(null)} />
    </>
  );
}

/** The states that the board shows side by side. Only what is being picked has a holder. */
function statesOf(status: string, holder: string): readonly AssignmentState[] {
  if (status !== "") return [status as AssignmentState];
  return holder === "" ? ["queued", "active"] : ["active"];
}

function BoardFilter({ filters }: { filters: BoardFilters }) {
  const select = (name: (typeof FILTERS)[number]) => ({
    label: texts.filters[name],
    value: filters.values[name],
    onChange: (value: string) => filters.set(name, value),
  });
  return (
    <FilterBar active={filters.active} onClear={filters.clear}>
      <SelectFilter {...select("status")} options={STATE_OPTIONS} allLabel={texts.board.open} />
      <SelectFilter {...select("role")} options={ROLE_OPTIONS} />
      <Can permission={MANAGE}>
        <SelectFilter {...select("holder")} options={useHolderOptions(filters.values.holder)} />
      </Can>
    </FilterBar>
  );
}

/** Everybody who holds an assignment. */
function useHolderOptions(current: string) {
  const { data = [] } = useQuery({ ...pickersQuery, enabled: useCan()(MANAGE) });
  const holders = data.filter(({ user_id: id, assignment_ids: held }) => held.length > 0 || id === current);
  return withCurrent(
    holders.map(({ user_id: value, name: label }) => ({ value, label })),
    current,
  );
}

interface ListProps {
  state: AssignmentState;
  filters: BoardFilters;
  open: string | null;
  onOpen: (assignmentId: string) => void;
}

function Waiting({ filters, ...props }: ListProps) {
  return <StateList {...props} filters={filters} query={useInfiniteQuery(queueQuery(filters.values))} />;
}

function Listed({ filters, ...props }: ListProps) {
  const filter = { ...filters.values, status: props.state };
  return <StateList {...props} filters={filters} query={useInfiniteQuery(assignmentsQuery(filter))} />;
}

interface StateListProps extends ListProps {
  query: UseInfiniteQueryResult<InfiniteData<AssignmentPage>, Error>;
}

function StateList({ state, filters, ...list }: StateListProps) {
  return (
    <AssignmentList
      {...list}
      title={texts.states[state]}
      empty={texts.board.empty[state]}
      filtered={filters.active}
      onClearFilters={filters.clear}
    />
  );
}
