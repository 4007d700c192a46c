import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import { common } from "~/texts/common";
import { type Column, classOf, type Sort } from "./data-grid";
import styles from "./data-grid.module.css";

interface GridHeadProps<Row> {
  columns: readonly Column<Row>[];
  sort: Sort | undefined;
  onSort: ((sort: Sort) => void) | undefined;
}

/** The names of the columns; those that the API can sort by are buttons. */
export function GridHead<Row>({ columns, sort, onSort }: GridHeadProps<Row>) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.row}>
        {columns.map((column) => (
          <div
            key={column.id}
            role="columnheader"
            aria-sort={ariaSort(column.id, sort, column.sortable)}
            className={classOf(column, styles.headCell)}
          >
            {column.sortable && onSort !== undefined ? (
              <SortButton column={column} sort={sort} onSort={onSort} />
            ) : (
              column.header
            )}
          </div>
        ))}
      </div>
    </div>
  );
}

interface SortButtonProps<Row> {
  column: Column<Row>;
  sort: Sort | undefined;
  onSort: (sort: Sort) => void;
}

function SortButton<Row>({ column, sort, onSort }: SortButtonProps<Row>) {
  const direction = sort?.column === column.id ? sort.direction : null;
  const Icon = direction === null ? IconArrowsSort : direction === "asc" ? IconArrowUp : IconArrowDown;
  return (
    <button
      type="button"
      className={styles.sort}
      aria-label={common.list.sortBy(column.header)}
      onClick={() => onSort({ column: column.id, direction: direction === "asc" ? "desc" : "asc" })}
    >
      {column.header}
      <Icon size={14} aria-hidden="true" />
    </button>
  );
}

function ariaSort(id: string, sort: Sort | undefined, sortable = false) {
  if (!sortable) return undefined;
  if (sort?.column !== id) return "none";
  return sort.direction === "asc" ? "ascending" : "descending";
}
