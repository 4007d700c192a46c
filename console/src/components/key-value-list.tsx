import type { ReactNode } from "react";
import styles from "./key-value-list.module.css";

export interface KeyValue {
  label: string;
  /** Items without a value (null or undefined) are left out. */
  value: ReactNode;
}

/** Shows the fields of one thing. */
export function KeyValueList({ items }: { items: readonly KeyValue[] }) {
  return (
    <dl className={styles.list}>
      {items
        .filter(({ value }) => value !== null && value !== undefined)
        .map(({ label, value }) => (
          <div className={styles.item} key={label}>
            <dt className={styles.label}>{label}</dt>
            <dd className={styles.value}>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
