import { common } from "~/texts/common";
import styles from "./json-diff.module.css";
import { readable } from "./status-badge";

interface JsonDiffProps {
  /** The changes of the audit trail: `[old, new]` by field. */
  diff: Readonly<Record<string, unknown>>;
}

/** Shows what a change did to each field. Values that hold fields themselves are shown part by part. */
export function JsonDiff({ diff }: JsonDiffProps) {
  const rows = changesOf(diff);
  if (rows.length === 0) return <p>{common.diff.unchanged}</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{common.diff.field}</th>
          <th scope="col">{common.diff.before}</th>
          <th scope="col">{common.diff.after}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ path, before, after }) => (
          <tr key={path}>
            <td>{path.split(".").map(readable).join(" › ")}</td>
            <td className={styles.before}>
              <Value value={before} />
            </td>
            <td className={styles.after}>
              <Value value={after} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

/** Return the changes of single values. Fields that did not change are left out. */
export function changesOf(diff: Readonly<Record<string, unknown>>): readonly Change[] {
  return Object.entries(diff).flatMap(([field, pair]) => {
    const [before, after] = Array.isArray(pair) && pair.length === 2 ? pair : [undefined, pair];
    return compare(field, before, after);
  });
}

function compare(path: string, before: unknown, after: unknown): Change[] {
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => compare(`${path}.${name}`, before[name], after[name]));
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined || value === "")
    return <span className={styles.none}>{common.diff.none}</span>;
  if (typeof value === "boolean") return value ? common.yes : common.no;
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}
