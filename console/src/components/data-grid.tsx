import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from "react";
import styles from "./data-grid.module.css";
import { GridFoot, type Paging } from "./data-grid-foot";
import { GridHead } from "./data-grid-head";
import { GridState, type RowsState } from "./data-grid-state";

/** The order of the rows, where the API sorts. */
export interface Sort {
  column: string;
  direction: "asc" | "desc";
}

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** A track of CSS grid, such as `10rem` or `minmax(8rem, 2fr)`; by default an equal part. */
  width?: string;
  align?: "start" | "end";
  /** The API can sort by it: `sort` and `onSort` of the grid. */
  sortable?: boolean;
  /** Hidden in a narrow grid: `wide` is shown from 60 rem, `medium` from 40 rem. */
  show?: "always" | "medium" | "wide";
}

export interface DataGridProps<Row> {
  /** What the table lists, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  /** The rows, and how reading them goes: `useRows` makes this from a query. */
  state: RowsState<Row>;
  rowId: (row: Row) => string;
  /** Opens a row, by a click or Enter. */
  onOpen?: (row: Row) => void;
  /** Begins to drag a row. */
  onDrag?: (event: PointerEvent, row: Row) => void;
  /** The open row. */
  selected?: string | null;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  paging?: Paging | undefined;
  /** How a row is shown on a phone: two lines, instead of the columns that are always shown. */
  narrow?: (row: Row) => ReactNode;
  /** Shows rows as on a phone in any width, such as in the columns of a board. */
  cards?: boolean;
  /** Instead of rows: why there are none, and what to do. */
  empty?: ReactNode;
  /** Whether filters are active, so that an empty list says so. */
  filtered?: boolean;
  onClearFilters?: () => void;
}

const ROW_PX = 46;
const NARROW_ROW_PX = 68;
const NARROW = "(max-width: 40em)";
const PAGE_ROWS = 10;

/**
 * A table whose rows may be thousands: only those on screen are in the page. Arrow keys, Page Up, Page Down, Home and End
 * move between rows, and Enter opens one.
 */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { columns, state, label } = props;
  // A state and not a ref: the rows need the element, which exists after their first rendering only.
  const [scroll, setScroll] = useState<HTMLDivElement | null>(null);
  const isNarrow = useMediaQuery(NARROW, false, { getInitialValueInEffect: false });
  const narrow = isNarrow || props.cards ? props.narrow : undefined;
  const style = {
    "--columns": tracks(columns, "wide"),
    "--columns-medium": tracks(columns, "medium"),
    "--columns-narrow": tracks(columns, "always"),
  };
  return (
    <div className={styles.frame}>
      <div className={styles.scroll} ref={setScroll} style={style as CSSProperties}>
        <div
          role="grid"
          aria-label={label}
          aria-rowcount={state.rows.length + 1}
          aria-busy={state.loading}
          className={styles.grid}
        >
          {narrow === undefined && <GridHead columns={columns} sort={props.sort} onSort={props.onSort} />}
          {scroll !== null && state.rows.length > 0 && (
            <Rows {...props} key={narrow === undefined ? "wide" : "narrow"} narrow={narrow} scroll={scroll} />
          )}
        </div>
        <GridState state={state} empty={props.empty} filtered={props.filtered} onClearFilters={props.onClearFilters} />
      </div>
      <GridFoot shown={state.rows.length} paging={props.paging} />
    </div>
  );
}

interface RowsProps<Row> extends Omit<DataGridProps<Row>, "narrow"> {
  narrow: ((row: Row) => ReactNode) | undefined;
  scroll: HTMLDivElement;
}

function Rows<Row>(props: RowsProps<Row>) {
  const { state, rowId, onOpen, scroll, narrow } = props;
  const height = narrow === undefined ? ROW_PX : NARROW_ROW_PX;
  const { rows } = state;
  const [active, setActive] = useState(0);
  const current = Math.min(active, rows.length - 1);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll,
    estimateSize: () => height,
    overscan: 8,
    scrollPaddingStart: ROW_PX,
    getItemKey: (index) => keyAt(rows, index, rowId),
  });
  const focus = useRowFocus(virtual.scrollToIndex, scroll);
  useSelectedInView(rows, rowId, props.selected ?? null, virtual.scrollToIndex);

  function onKeyDown(event: KeyboardEvent): void {
    const row = rows[current];
    if (event.key === "Enter" && row !== undefined && event.target === event.currentTarget) onOpen?.(row);
    const target = targetOf(event.key, current, rows.length);
    if (target === null) return;
    event.preventDefault();
    setActive(target);
    focus(target);
  }

  return (
    <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, key, start }) => {
        const row = rows[index];
        if (row === undefined) return null;
        return (
          <div
            key={key}
            role="row"
            data-index={index}
            aria-rowindex={index + 2}
            aria-selected={props.selected === undefined ? undefined : props.selected === rowId(row)}
            tabIndex={index === current ? 0 : -1}
            className={`${styles.row} ${styles.bodyRow} ${onOpen === undefined ? "" : styles.clickable}`}
            style={{ height, transform: `translateY(${start}px)` }}
            onFocus={() => setActive(index)}
            onKeyDown={onKeyDown}
            onPointerDown={(event) => props.onDrag?.(event, row)}
            onClick={() => onOpen?.(row)}
          >
            {narrow === undefined ? (
              <Cells row={row} columns={props.columns} />
            ) : (
              <div role="gridcell" className={styles.narrow}>
                {narrow(row)}
              </div>
            )}
          </div>
        );
      })}
    </div>
  );
}

function Cells<Row>({ row, columns }: { row: Row; columns: readonly Column<Row>[] }) {
  return columns.map((column) => (
    <div key={column.id} role="gridcell" className={classOf(column, styles.cell)}>
      {column.cell(row)}
    </div>
  ));
}

/** Scrolls to the selected row when another one is selected, such as by a press on a map. A row in view stays where it is. */
function useSelectedInView<Row>(
  rows: readonly Row[],
  rowId: (row: Row) => string,
  selected: string | null,
  scrollTo: (index: number) => void,
): void {
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (selected === shown.current) return;
    const index = selected === null ? -1 : rows.findIndex((row) => rowId(row) === selected);
    if (selected !== null && index < 0) return;
    shown.current = selected;
    if (index >= 0) scrollTo(index);
  });
}

/** Return a function that scrolls to a row and moves the focus there, once it is in the page. */
function useRowFocus(scrollTo: (index: number) => void, scroll: HTMLDivElement) {
  const wanted = useRef<number | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    const row = scroll.querySelector<HTMLElement>(`[data-index="${wanted.current}"]`);
    if (row === null) return;
    wanted.current = null;
    row.focus({ preventScroll: true });
  });
  return (index: number): void => {
    wanted.current = index;
    scrollTo(index);
  };
}

function targetOf(key: string, current: number, count: number): number | null {
  const last = count - 1;
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(current + 1, last),
    ArrowUp: Math.max(current - 1, 0),
    PageDown: Math.min(current + PAGE_ROWS, last),
    PageUp: Math.max(current - PAGE_ROWS, 0),
    Home: 0,
    End: last,
  };
  return targets[key] ?? null;
}

function keyAt<Row>(rows: readonly Row[], index: number, rowId: (row: Row) => string): string | number {
  const row = rows[index];
  return row === undefined ? index : rowId(row);
}

const RANK = { always: 0, medium: 1, wide: 2 } as const;

function tracks<Row>(columns: readonly Column<Row>[], width: keyof typeof RANK): string {
  return columns
    .filter((column) => RANK[column.show ?? "always"] <= RANK[width])
    .map((column) => column.width ?? "minmax(0, 1fr)")
    .join(" ");
}

export function classOf<Row>(column: Column<Row>, base: string | undefined): string {
  const hidden = column.show === "medium" ? styles.medium : column.show === "wide" ? styles.wide : undefined;
  return [base, hidden, column.align === "end" && styles.end].filter(Boolean).join(" ");
}
