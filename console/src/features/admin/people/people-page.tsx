import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { Can } from "~/app/me";
import { useAddress } from "~/components/address";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { FilterBar, SearchFilter, SelectFilter, useAddressValue, useFilters } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import styles from "../admin.module.css";
import { codes } from "../permissions";
import { type Option, type Person, useRoleOptions } from "../queries";
import { Secret } from "../secret";
import { CreatePerson } from "./create-person";
import { PersonDrawer } from "./person-drawer";
import { PAGE_SIZE, peopleQuery } from "./queries";
import { STATES, STATUS_OPTIONS, stateOf } from "./states";
import { people as texts } from "./texts";

const FILTERS = ["q", "role", "status", "page"] as const;

/** Everybody of the organisation, and one of them beside the list. */
export default function PeoplePage() {
  const filters = useFilters(FILTERS);
  const { values } = filters;
  const [open, setOpen] = useAddressValue("person");
  const [adding, setAdding] = useState(false);
  const [password, setPassword] = useState<string | null>(null);
  const roles = useRoleOptions();
  const columns = useMemo(() => columnsWith(roles), [roles]);
  const page = Math.max(1, Number.parseInt(values.page, 10) || 1);
  const people = useQuery(peopleQuery({ ...values, page }));
  const total = people.data?.meta.totalCount ?? 0;
  useLastPage(page, people.data?.meta.totalCount, (last) => filters.set("page", last === 1 ? "" : String(last)));
  const narrowed = values.q !== "" || values.role !== "" || values.status !== "";
  const narrow = useNarrow();
  return (
    <>
      <PageHeader
        title={texts.title}
        description={texts.description}
        actions={
          <Can permission={codes.managePeople}>
            <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
              {texts.add}
            </Button>
          </Can>
        }
      />
      <FilterBar active={narrowed} onClear={filters.clear}>
        <SearchFilter label={texts.filters.search} value={values.q} onChange={(value) => narrow("q", value)} />
        {roles.length > 0 && (
          <SelectFilter
            label={texts.filters.role}
            options={roles}
            value={values.role}
            onChange={(value) => narrow("role", value)}
          />
        )}
        <SelectFilter
          label={texts.filters.status}
          options={STATUS_OPTIONS}
          value={values.status}
          onChange={(value) => narrow("status", value)}
        />
      </FilterBar>
      <DataGrid
        label={texts.list}
        columns={columns}
        state={rowsOf(people, (answer) => answer.data)}
        paging={{
          kind: "pages",
          page,
          pageSize: PAGE_SIZE,
          total,
          onPage: (next) => filters.set("page", next === 1 ? "" : String(next)),
        }}
        rowId={(person) => person.id}
        selected={open}
        onOpen={(person) => setOpen(person.id)}
        filtered={narrowed}
        onClearFilters={filters.clear}
        empty={<StateMessage kind="empty" title={texts.empty} />}
      />
      <PersonDrawer personId={open} onClose={() => setOpen(null)} onPassword={setPassword} />
      <CreatePerson
        opened={adding}
        onClose={() => setAdding(false)}
        onCreated={(person) => {
          setAdding(false);
          setPassword(person.oneTimePassword ?? null);
        }}
      />
      <Secret
        secret={password}
        title={texts.password.shown}
        text={texts.password.shownText}
        onClose={() => setPassword(null)}
      />
    </>
  );
}

/** Return a function that sets a filter and leads to the first page. */
function useNarrow(): (name: "q" | "role" | "status", value: string) => void {
  const [search, set] = useAddress();
  return (name, value) => {
    if ((search.get(name) ?? "") !== value) set({ [name]: value, page: null }, { replace: true });
  };
}

/** A page beyond the end, of an old link or after filtering, leads to the last one. */
function useLastPage(page: number, total: number | undefined, go: (last: number) => void): void {
  const last = total === undefined ? null : Math.max(1, Math.ceil(total / PAGE_SIZE));
  useEffect(() => {
    if (last !== null && page > last) go(last);
  }, [page, last, go]);
}

function columnsWith(roles: readonly Option[]): readonly Column<Person>[] {
  const names = new Map(roles.map(({ value, label }) => [value, label]));
  const { columns } = texts;
  return [
    {
      id: "name",
      header: columns.name,
      width: "minmax(0, 2fr)",
      cell: ({ fullName, username }) => (
        <span className={styles.who} title={`${fullName} (${username})`}>
          {fullName} <span className={styles.sub}>{username}</span>
        </span>
      ),
    },
    {
      id: "role",
      header: columns.role,
      width: "minmax(0, 1.3fr)",
      show: "medium",
      cell: ({ role }) => names.get(role) ?? role,
    },
    {
      id: "status",
      header: columns.status,
      width: "6.5rem",
      cell: (person) => <StatusBadge state={stateOf(person)} states={STATES} />,
    },
    {
      id: "place",
      header: columns.place,
      width: "minmax(0, 1fr)",
      show: "wide",
      cell: ({ gameZone, team }) => [gameZone, team].filter(Boolean).join(" · ") || "–",
    },
    {
      id: "signIn",
      header: columns.signIn,
      width: "7rem",
      align: "end",
      show: "medium",
      cell: ({ lastSignInAt }) => <TimeAgo value={lastSignInAt} />,
    },
    {
      id: "updated",
      header: columns.updated,
      width: "7rem",
      align: "end",
      show: "wide",
      cell: ({ updatedAt }) => <TimeAgo value={updatedAt} />,
    },
  ];
}
