import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { FilterBar, SearchFilter, SelectFilter } from "~/components/filters";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { type ListAddress, pagingOf } from "./list";
import type { optionsOf } from "./states";
import { LINE_TABS, Tabs } from "./tabs";
import { texts } from "./texts";

interface ListPageProps<Row> {
  words: Readonly<Record<"title" | "description" | "list" | "empty" | "emptyHint", string>>;
  /** What the search looks in. */
  search: string;
  states: ReturnType<typeof optionsOf>;
  /** Filters beside text and status. */
  filters?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  address: ListAddress;
  query: UseQueryResult<{ data: readonly Row[]; meta: { totalCount: number } }, Error>;
  columns: readonly Column<Row>[];
  narrow: (row: Row) => ReactNode;
  /** The address of the details, without the id. */
  details: string;
}

/** A list of the line with its filters; a row opens the details. */
export function ListPage<Row extends { id: string }>(props: ListPageProps<Row>) {
  const { words, address, query } = props;
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={words.title} description={words.description} actions={props.actions} />
      <Tabs tabs={LINE_TABS} />
      <FilterBar active={address.active} onClear={address.clear}>
        <SearchFilter label={props.search} value={address.filter.q} onChange={(value) => address.set("q", value)} />
        <SelectFilter
          label={texts.filters.status}
          options={props.states}
          value={address.filter.status}
          onChange={(value) => address.set("status", value)}
        />
        {props.filters}
      </FilterBar>
      <DataGrid
        label={words.list}
        columns={props.columns}
        narrow={props.narrow}
        state={rowsOf(query, (page) => page.data)}
        paging={pagingOf(query, address)}
        rowId={({ id }) => id}
        onOpen={({ id }) => void navigate(`${props.details}/${id}`)}
        filtered={address.active}
        onClearFilters={address.clear}
        empty={<StateMessage kind="empty" title={words.empty} text={words.emptyHint} />}
      />
    </>
  );
}
