import { useCallback, useEffect, useRef } from "react";
import { useSearchParams } from "react-router";

export type SetAddress = (values: Readonly<Record<string, string | null>>, options?: { replace?: boolean }) => void;

/** What was set last, until the page has been drawn with it. */
let pending: URLSearchParams | null = null;

/**
 * Return the values of the page's address, and a function that sets some of them; empty and null remove one. Values that are
 * set one after the other before the page is drawn anew all stay.
 */
export function useAddress(): readonly [URLSearchParams, SetAddress] {
  const [search, setSearch] = useSearchParams();
  const drawn = useRef(search);
  const write = useRef(setSearch);
  drawn.current = search;
  write.current = setSearch;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever was set is drawn when the address has changed
  useEffect(() => {
    pending = null;
  }, [search]);
  const set = useCallback<SetAddress>((values, options) => {
    const after = new URLSearchParams(pending ?? drawn.current);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === "") after.delete(name);
      else after.set(name, value);
    }
    pending = after;
    write.current(after, options);
  }, []);
  return [search, set];
}
