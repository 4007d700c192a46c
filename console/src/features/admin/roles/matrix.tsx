import { type KeyboardEvent, memo, useMemo, useRef, useState } from "react";
import { StateMessage } from "~/components/state-message";
import type { Role } from "../queries";
import styles from "./matrix.module.css";
import { type Grants, grantsOf, nextScope, type Scope, type Staged, type StagedRole, shownScope } from "./staged";
import { roles as texts } from "./texts";

interface MatrixProps {
  roles: readonly Role[];
  /** The permissions to show, sorted. */
  permissions: readonly string[];
  staged: Staged;
  editable: boolean;
  onChange: (role: Role, permission: string, scope: Scope | null) => void;
  onOpen: (role: Role) => void;
}

interface Place {
  row: number;
  column: number;
}

/** Permissions by role. One cell can be reached by Tab, the others by the arrow keys. */
export function Matrix({ roles, permissions, staged, editable, onChange, onOpen }: MatrixProps) {
  const table = useRef<HTMLTableElement>(null);
  const [place, setPlace] = useState<Place>({ row: 0, column: 0 });
  const grants = useMemo(() => new Map(roles.map((role) => [role.code, grantsOf(role)])), [roles]);
  const groups = useMemo(() => groupsOf(permissions), [permissions]);
  if (permissions.length === 0) return <StateMessage kind="empty" title={texts.noMatch} />;

  function onKeyDown(event: KeyboardEvent): void {
    const next = placeAfter(event.key, place, permissions.length, roles.length);
    if (next === null || !(event.target instanceof HTMLElement) || !event.target.dataset.cell) return;
    event.preventDefault();
    setPlace(next);
    table.current?.querySelector<HTMLElement>(`[data-cell="${next.row}:${next.column}"]`)?.focus();
  }

  return (
    <div className={styles.frame}>
      <table className={styles.table} ref={table} onKeyDown={onKeyDown} aria-label={texts.list}>
        <thead>
          <tr>
            <th scope="col" className={styles.corner}>
              {texts.permission}
            </th>
            {roles.map((role) => (
              <th
                scope="col"
                key={role.code}
                className={staged[role.code] === undefined ? undefined : styles.changedHead}
              >
                <button
                  type="button"
                  className={styles.role}
                  title={`${role.name} (${role.code})`}
                  aria-label={texts.detail.open(role.name)}
                  onClick={() => onOpen(role)}
                >
                  {role.name}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(({ domain, rows }) => (
          <tbody key={domain}>
            <tr>
              <th scope="rowgroup" colSpan={roles.length + 1} className={styles.group}>
                <span>{texts.domains[domain] ?? domain}</span>
              </th>
            </tr>
            {rows.map(({ permission, index }) => (
              <tr key={permission}>
                <th scope="row" className={styles.permission} title={permission}>
                  {permission.slice(permission.indexOf(".") + 1)}
                </th>
                {roles.map((role, column) => (
                  <Cell
                    key={role.code}
                    role={role}
                    permission={permission}
                    grants={grants.get(role.code) ?? {}}
                    entry={staged[role.code]}
                    place={`${index}:${column}`}
                    reachable={index === Math.min(place.row, permissions.length - 1) && column === place.column}
                    editable={editable}
                    onChange={onChange}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

interface CellProps {
  role: Role;
  permission: string;
  grants: Grants;
  entry: StagedRole | undefined;
  place: string;
  reachable: boolean;
  editable: boolean;
  onChange: MatrixProps["onChange"];
}

const Cell = memo(function Cell({ role, permission, grants, entry, place, reachable, editable, onChange }: CellProps) {
  const scope = shownScope(grants, entry, permission);
  const changed = entry?.changes[permission] !== undefined;
  return (
    <td className={styles.cell}>
      <button
        type="button"
        data-cell={place}
        data-scope={scope ?? "none"}
        tabIndex={reachable ? 0 : -1}
        className={`${styles.scope} ${changed ? styles.changed : ""}`}
        aria-disabled={!editable}
        aria-label={texts.cell(role.name, permission, texts.scopes[scope ?? "none"], changed)}
        onClick={(event) => editable && onChange(role, permission, nextScope(scope, event.shiftKey ? -1 : 1))}
      >
        {scope === null ? "–" : texts.scopes[scope]}
      </button>
    </td>
  );
});

interface Group {
  domain: string;
  rows: { permission: string; index: number }[];
}

function groupsOf(permissions: readonly string[]): readonly Group[] {
  const groups = new Map<string, Group>();
  permissions.forEach((permission, index) => {
    const domain = permission.split(".")[0] ?? "";
    const group = groups.get(domain) ?? { domain, rows: [] };
    group.rows.push({ permission, index });
    groups.set(domain, group);
  });
  return [...groups.values()];
}

function placeAfter(key: string, { row, column }: Place, rows: number, columns: number): Place | null {
  const places: Readonly<Record<string, Place>> = {
    ArrowDown: { row: Math.min(row + 1, rows - 1), column },
    ArrowUp: { row: Math.max(row - 1, 0), column },
    ArrowRight: { row, column: Math.min(column + 1, columns - 1) },
    ArrowLeft: { row, column: Math.max(column - 1, 0) },
    Home: { row, column: 0 },
    End: { row, column: columns - 1 },
    PageDown: { row: Math.min(row + 10, rows - 1), column },
    PageUp: { row: Math.max(row - 10, 0), column },
  };
  return places[key] ?? null;
}
