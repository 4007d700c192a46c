import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** Return a function that sets several values of the address at once; setting one after the other keeps only the last. */
export function useAddress(): (values: Readonly<Record<string, string | null>>) => void {
  const [, setSearch] = useSearchParams();
  return useCallback(
    (values) =>
      setSearch(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(values)) {
            if (value === null || value === "") after.delete(name);
            else after.set(name, value);
          }
          return after;
        },
        { replace: true },
      ),
    [setSearch],
  );
}
