import { useCallback, useEffect, useState } from "react";
import { tokens } from "~/api/client";

const PREFIX = "baton.draft:";

/** A form's input that is not lost by errors, navigation, a reload or an expired session. */
export interface Draft<T> {
  value: T;
  /** Replace some fields. */
  change: (part: Partial<T>) => void;
  /** Forget the input, after it was sent or when the person discards it. */
  clear: () => void;
  /** Whether something was typed. */
  dirty: boolean;
}

/**
 * Return the input of a form by its name, such as `repairs.assign:` with an id. It is kept in this tab for the signed-in
 * person until `clear`, and removed at sign-out. Never use it for passwords.
 */
export function useDraft<T extends object>(name: string, initial: T): Draft<T> {
  const key = keyOf(name);
  const [kept, setKept] = useState<{ key: string; value: T | null }>(() => ({ key, value: read<T>(key) }));
  const value = kept.key === key ? kept.value : read<T>(key);

  useEffect(() => {
    if (kept.key !== key) setKept({ key, value: read<T>(key) });
  }, [kept.key, key]);

  const change = useCallback(
    (part: Partial<T>) => {
      setKept((previous) => {
        const base = (previous.key === key ? previous.value : read<T>(key)) ?? initial;
        const next = { ...base, ...part };
        window.sessionStorage.setItem(key, JSON.stringify(next));
        return { key, value: next };
      });
    },
    [key, initial],
  );

  const clear = useCallback(() => {
    window.sessionStorage.removeItem(key);
    setKept({ key, value: null });
  }, [key]);

  return { value: { ...initial, ...value }, change, clear, dirty: value !== null };
}

/** Remove the drafts of all people. */
export function clearDrafts(): void {
  for (const key of Object.keys(window.sessionStorage)) {
    if (key.startsWith(PREFIX)) window.sessionStorage.removeItem(key);
  }
}

/** Remove the drafts of everybody but one person, who has just signed in. */
export function keepDraftsOf(userId: string): void {
  for (const key of Object.keys(window.sessionStorage)) {
    if (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${userId}:`)) window.sessionStorage.removeItem(key);
  }
}

function keyOf(name: string): string {
  return `${PREFIX}${tokens.read()?.userId ?? ""}:${name}`;
}

function read<T>(key: string): T | null {
  try {
    return JSON.parse(window.sessionStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null;
  }
}
