import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";

export type Me = Schema<"OwnAccount">;

/** A permission, or several of which one is enough; without one everybody may. */
export type PermissionRule = string | readonly string[] | undefined;

/** Permissions change while a page is open; the server refuses meanwhile in any case. */
const ME_MS = 5_000;

export const meQuery = {
  queryKey: ["me"],
  queryFn: ({ signal }: { signal: AbortSignal }) => dataOf(api.GET("/v1/me", { signal })),
  refetchInterval: ME_MS,
  staleTime: ME_MS,
} as const;

const MeContext = createContext<Me | null>(null);

/** Gives the signed-in person to the pages. */
export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext value={me}>{children}</MeContext>;
}

export function useMeQuery() {
  return useQuery(meQuery);
}

/** Return the signed-in person. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === null) throw new Error("Nobody is signed in here.");
  return me;
}

/** Return a function that tells whether the signed-in person has a permission. It only hides what the server refuses. */
export function useCan(): (rule: PermissionRule) => boolean {
  const { permissions } = useMe();
  return useMemo(() => {
    const codes = new Set(permissions.map((permission) => permission.code));
    return (rule) => allows(codes, rule);
  }, [permissions]);
}

export function allows(codes: ReadonlySet<string>, rule: PermissionRule): boolean {
  if (rule === undefined) return true;
  return typeof rule === "string" ? codes.has(rule) : rule.some((code) => codes.has(code));
}

/** Shows its content to those who have the permission: `<Can permission="identity.role.manage">`. */
export function Can({ permission, children }: { permission: PermissionRule; children: ReactNode }) {
  return useCan()(permission) ? children : null;
}
