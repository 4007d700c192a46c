import type { CSSProperties, ReactNode } from "react";
import styles from "./plain-table.module.css";

interface PlainTableProps {
  /** What the table lists, for screen readers. */
  label: string;
  headers: readonly string[];
  /** The width of the last column, such as `11rem` for a bar. */
  last?: string;
  /** The rows. The first cell is text, the others are short. */
  children: ReactNode;
}

/** A short table within details. Lists that may be long have a `DataGrid`. */
export function PlainTable({ label, headers, last, children }: PlainTableProps) {
  return (
    <table className={styles.table} style={{ "--last": last } as CSSProperties}>
      <caption className="visually-hidden">{label}</caption>
      <thead>
        <tr>
          {headers.map((header) => (
            <th scope="col" key={header}>
              {header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="numbers">{children}</tbody>
    </table>
  );
}
