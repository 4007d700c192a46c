import { useDraft } from "~/app/drafts";

/** What the server has: a version, and the values that a form edits. */
export interface Snapshot<T> {
  version: string | number;
  values: T;
}

export interface Edit<T> {
  /** What the form shows: what was typed, and elsewhere what the server has now. */
  values: T;
  /** Only what was typed and differs. */
  typed: Partial<T>;
  change: (part: Partial<T>) => void;
  clear: () => void;
  dirty: boolean;
  /** The version that the change is based on. */
  version: string | number;
  /** What others changed since the first key: `[before, after]` by field; null if nothing. */
  theirs: Differences | null;
  /** Base what was typed on what the server has now. */
  accept: () => void;
}

export type Differences = Readonly<Record<string, readonly [unknown, unknown]>>;

interface Kept<T> {
  base: Snapshot<T> | null;
  typed: Partial<T>;
}

const NOTHING = { base: null, typed: {} } as const;

/**
 * Return the editing of something that others may change meanwhile. What was typed is kept as a draft with the values it
 * began from, so a change of others is shown instead of overwritten, and does not take away what was typed.
 */
export function useEdit<T extends object>(name: string, current: Snapshot<T>): Edit<T> {
  const draft = useDraft<Kept<T>>(name, NOTHING);
  const { base, typed } = draft.value;
  const from = base ?? current;
  const theirs = differences(from.values, current.values);
  const changed = Object.keys(theirs).length > 0;
  return {
    values: { ...current.values, ...typed },
    typed,
    change: (part) => {
      const next = withoutEqual({ ...typed, ...part }, from.values);
      if (Object.keys(next).length === 0) draft.clear();
      else draft.change({ base: from, typed: next });
    },
    clear: draft.clear,
    dirty: Object.keys(typed).length > 0,
    version: changed ? from.version : current.version,
    theirs: changed ? theirs : null,
    accept: () => draft.change({ base: current, typed: withoutEqual(typed, current.values) }),
  };
}

/** Return what differs between two sets of values. */
export function differences(before: object, after: object): Differences {
  const from = before as Record<string, unknown>;
  const to = after as Record<string, unknown>;
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])];
  return Object.fromEntries(
    names.filter((name) => !same(from[name], to[name])).map((name) => [name, [from[name], to[name]] as const]),
  );
}

function withoutEqual<T extends object>(typed: Partial<T>, values: T): Partial<T> {
  const entries = Object.entries(typed).filter(([name, value]) => !same(value, values[name as keyof T]));
  return Object.fromEntries(entries) as Partial<T>;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
