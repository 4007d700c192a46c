/** The changes of roles that are not saved yet. Pure functions; the page keeps them as a draft. */

import type { Schema } from "~/api/schema";
import { type Differences, differences } from "../edit";
import type { Role } from "../queries";

export type Scope = Schema<"Granted">["scope"];
/** The scope by permission; a permission that is not held has no entry, and one that is taken away is null. */
export type Grants = Readonly<Record<string, Scope | null>>;

export interface StagedRole {
  /** The version and the permissions that the changes began from. */
  version: number;
  base: Grants;
  changes: Grants;
}

export type Staged = Readonly<Record<string, StagedRole>>;

const CYCLE: readonly (Scope | null)[] = [null, "own", "zone", "org"];
const RANK: Readonly<Record<Scope, number>> = { own: 1, zone: 2, org: 3 };

export function grantsOf(role: Role): Grants {
  return Object.fromEntries(role.permissions.map(({ code, scope }) => [code, scope]));
}

/** Return the scope after this one; backwards with a step of -1. */
export function nextScope(scope: Scope | null, step: 1 | -1): Scope | null {
  return CYCLE[(CYCLE.indexOf(scope) + step + CYCLE.length) % CYCLE.length] ?? null;
}

/** Return the changes with one more. A change back to what the role has is none. */
export function stage(staged: Staged, role: Role, permission: string, scope: Scope | null): Staged {
  const now: StagedRole = staged[role.code] ?? { version: role.version, base: grantsOf(role), changes: {} };
  const { [permission]: _, ...others } = now.changes;
  const changes = scope === (now.base[permission] ?? null) ? others : { ...others, [permission]: scope };
  return withRole(staged, role.code, Object.keys(changes).length === 0 ? null : { ...now, changes });
}

/** Return the changes without or with those of a role. */
export function withRole(staged: Staged, code: string, entry: StagedRole | null): Staged {
  const { [code]: _, ...others } = staged;
  return entry === null ? others : { ...others, [code]: entry };
}

/** Return the scope that a cell shows. */
export function shownScope(grants: Grants, entry: StagedRole | undefined, permission: string): Scope | null {
  const change = entry?.changes[permission];
  return change === undefined ? (grants[permission] ?? null) : change;
}

/** Return what somebody else changed since the first change here; null if nothing. */
export function othersChange(entry: StagedRole, role: Role): Differences | null {
  const found = differences(entry.base, grantsOf(role));
  return Object.keys(found).length === 0 ? null : found;
}

/** Return the changes of a role on top of what it has now. */
export function rebased(entry: StagedRole, role: Role): StagedRole | null {
  const base = grantsOf(role);
  const changes = Object.fromEntries(
    Object.entries(entry.changes).filter(([code, scope]) => scope !== (base[code] ?? null)),
  );
  return Object.keys(changes).length === 0 ? null : { version: role.version, base, changes };
}

export interface Effect {
  permission: string;
  before: Scope | null;
  after: Scope | null;
}

/** Return what the changes of a role take away (also by a narrower scope), and what they give. */
export function effectOf(entry: StagedRole): { takes: readonly Effect[]; gives: readonly Effect[] } {
  const all = Object.entries(entry.changes)
    .map(([permission, after]) => ({ permission, before: entry.base[permission] ?? null, after }))
    .sort((a, b) => a.permission.localeCompare(b.permission));
  return { takes: all.filter((effect) => rank(effect.after) < rank(effect.before)), gives: all.filter(isGift) };
}

/** Return the permissions of a role with its changes, as the API is sent them. */
export function resultOf(entry: StagedRole): Schema<"Granted">[] {
  return Object.entries({ ...entry.base, ...entry.changes }).flatMap(([code, scope]) =>
    scope === null ? [] : [{ code, scope }],
  );
}

function isGift({ before, after }: Effect): boolean {
  return rank(after) > rank(before);
}

function rank(scope: Scope | null): number {
  return scope === null ? 0 : RANK[scope];
}
