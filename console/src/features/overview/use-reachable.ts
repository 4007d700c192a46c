import { useCallback, useMemo } from "react";
import { useCan } from "~/app/me";
import { features } from "~/features";

/** Return a function that tells whether a page of the console is at an address, and the person may open it. */
export function useReachable(): (to: string) => boolean {
  const can = useCan();
  const open = useMemo(
    () =>
      new Set(
        features.flatMap(({ routes }) =>
          routes.filter(({ permission }) => can(permission)).map(({ path }) => `/${path}`),
        ),
      ),
    [can],
  );
  return useCallback((to) => open.has(to.replace(/\?.*/, "")), [open]);
}
