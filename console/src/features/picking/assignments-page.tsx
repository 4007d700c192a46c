import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { FilterBar, SelectFilter, useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { AssignmentCard } from "./assignment-card";
import { assignmentsOf, columns, withCurrent } from "./assignment-cells";
import { AssignmentDrawer } from "./assignment-drawer";
import { type Names, namesOfHolders, useHolderNames } from "./holder-names";
import { type Assignment, assignmentsQuery, type Zone, zonesQuery } from "./queries";
import { ROLE_OPTIONS, STATE_OPTIONS } from "./states";
import { texts } from "./texts";

const FILTERS = ["status", "role", "zone", "holder"] as const;

/** The list of assignments, and one of them beside it. */
export default function AssignmentsPage() {
  const filters = useFilters(FILTERS);
  const [open, setOpen] = useAddressValue("assignment");
  const { state, paging } = useCursorRows(useInfiniteQuery(assignmentsQuery(filters.values)), assignmentsOf);
  const names = useHolderNames(state.rows);
  const zones = useQuery(zonesQuery).data;
  const shown = useMemo(() => columnsWith(names), [names]);
  const holders = useMemo(() => [...names].map(([value, label]) => ({ value, label })), [names]);
  const select = (name: (typeof FILTERS)[number]) => ({
    label: texts.filters[name],
    value: filters.values[name],
    onChange: (value: string) => filters.set(name, value),
  });
  return (
    <>
      <PageHeader title={texts.assignments.title} description={texts.assignments.description} />
      <FilterBar active={filters.active} onClear={filters.clear}>
        <SelectFilter {...select("status")} options={STATE_OPTIONS} />
        <SelectFilter {...select("role")} options={ROLE_OPTIONS} />
        <SelectFilter {...select("zone")} options={withCurrent(optionsOf(zones), filters.values.zone)} />
        <SelectFilter {...select("holder")} options={withCurrent(holders, filters.values.holder)} />
      </FilterBar>
      <DataGrid
        label={texts.assignments.list}
        columns={shown}
        narrow={(assignment) => <AssignmentCard assignment={assignment} names={names} withState />}
        state={state}
        paging={paging}
        rowId={(assignment) => assignment.assignment_id}
        selected={open}
        onOpen={(assignment) => setOpen(assignment.assignment_id)}
        filtered={filters.active}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={texts.assignments.empty} text={texts.assignments.emptyHint} />}
      />
      <AssignmentDrawer assignmentId={open} onClose={() => setOpen(null)} />
    </>
  );
}

/** Return the zones as options. */
function optionsOf(zones: readonly Zone[] = []) {
  return zones.filter(({ zone }) => zone !== "").map(({ zone }) => ({ value: zone, label: zone }));
}

function columnsWith(names: Names): readonly Column<Assignment>[] {
  return [
    columns.order,
    columns.status,
    columns.progress,
    {
      id: "holders",
      header: texts.columns.holders,
      width: "minmax(0, 1.2fr)",
      show: "medium",
      cell: (assignment) => {
        const holders = namesOfHolders(assignment, names);
        return holders === "" ? "–" : <span title={holders}>{holders}</span>;
      },
    },
    {
      id: "role",
      header: texts.columns.role,
      width: "minmax(0, 0.8fr)",
      show: "wide",
      cell: ({ role }) => texts.roles[role],
    },
    columns.zone,
    columns.priority,
    columns.imported,
  ];
}
