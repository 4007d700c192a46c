import { Button, Skeleton } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { ApiError, NetworkError } from "~/api/errors";
import { common } from "~/texts/common";
import styles from "./data-grid.module.css";
import type { Paging } from "./data-grid-foot";
import { ErrorNote } from "./error-note";
import { StateMessage } from "./state-message";

/** The rows of a grid, and how reading them goes. */
export interface RowsState<Row> {
  rows: readonly Row[];
  /** Nothing has arrived yet. */
  loading: boolean;
  error: unknown;
  retry: () => void;
}

/** Return the state of a grid whose query reads all rows, or one numbered page of them. */
export function rowsOf<Data, Row>(
  query: UseQueryResult<Data, Error>,
  rows: (data: Data) => readonly Row[],
): RowsState<Row> {
  return {
    rows: query.data === undefined ? [] : rows(query.data),
    loading: query.isPending,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

/** Return the state and the paging of a grid whose query follows cursors. Give `rows` as a function of the module. */
export function useCursorRows<Page, Row>(
  query: UseInfiniteQueryResult<InfiniteData<Page>, Error>,
  rows: (page: Page) => readonly Row[],
): { state: RowsState<Row>; paging: Paging } {
  const all = useMemo(() => query.data?.pages.flatMap((page) => [...rows(page)]) ?? [], [query.data, rows]);
  return {
    state: { rows: all, loading: query.isPending, error: query.error, retry: () => void query.refetch() },
    paging: {
      kind: "cursor",
      hasMore: query.hasNextPage,
      loading: query.isFetchingNextPage,
      onMore: () => void query.fetchNextPage(),
    },
  };
}

interface GridStateProps<Row> {
  state: RowsState<Row>;
  empty: ReactNode;
  filtered: boolean | undefined;
  onClearFilters: (() => void) | undefined;
}

/** What stands in a grid without rows. Rows that were read stay when reading them again fails; the banner says why. */
export function GridState<Row>({ state, empty, filtered = false, onClearFilters }: GridStateProps<Row>) {
  if (state.rows.length > 0) return <StaleNote state={state} />;
  if (state.error !== null && state.error !== undefined) return <Failure state={state} />;
  if (state.loading) return <Loading />;
  if (!filtered) return empty ?? <StateMessage kind="empty" title={common.list.empty} />;
  return (
    <StateMessage kind="empty" title={common.list.noMatch}>
      {onClearFilters !== undefined && (
        <Button variant="default" onClick={onClearFilters}>
          {common.list.clearFilters}
        </Button>
      )}
    </StateMessage>
  );
}

function StaleNote<Row>({ state }: { state: RowsState<Row> }) {
  if (!(state.error instanceof ApiError)) return null;
  return (
    <div className={styles.note}>
      <ErrorNote error={state.error} onRetry={state.retry} />
    </div>
  );
}

function Failure<Row>({ state }: { state: RowsState<Row> }) {
  const { error } = state;
  if (error instanceof NetworkError) {
    return <StateMessage kind="offline" title={common.errors.offline} text={common.errors.offlineHint} />;
  }
  if (error instanceof ApiError && error.status === 403) {
    return <StateMessage kind="forbidden" title={common.errors.forbidden} text={error.message} />;
  }
  return (
    <StateMessage kind="failed" title={common.errors.title}>
      <ErrorNote error={error} onRetry={state.retry} />
    </StateMessage>
  );
}

function Loading() {
  return (
    <div className={styles.skeleton} role="status" aria-label={common.list.loading}>
      {[72, 88, 64, 80, 70, 84].map((width) => (
        <Skeleton key={width} height={16} width={`${width}%`} radius="sm" />
      ))}
    </div>
  );
}
