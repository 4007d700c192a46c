import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, dataOf } from "~/api/client";
import { ApiError } from "~/api/errors";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useCan } from "~/app/me";
import { codes } from "./permissions";

export type Role = Schema<"RoleView">;
export type Person = Schema<"UserView">;
export type Key = { "Idempotency-Key": string };

/** The keys of everything that administration reads. */
export const keys = {
  people: ["admin", "people"] as const,
  roles: ["admin", "roles"] as const,
  apiKeys: ["admin", "api-keys"] as const,
  settings: ["admin", "settings"] as const,
  audit: ["admin", "audit"] as const,
};

export const rolesQuery = queryOptions({
  queryKey: keys.roles,
  queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/roles", { signal }))).data,
  ...live,
});

export interface Option {
  value: string;
  label: string;
}

/** Return the roles as options, the label being the name; none for those who may not read roles. */
export function useRoleOptions(): readonly Option[] {
  const enabled = useCan()(codes.readRoles);
  const { data } = useQuery({ ...rolesQuery, enabled });
  return useMemo(() => (data ?? []).map(({ code, name }) => ({ value: code, label: name })), [data]);
}

export function personQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.people, "one", id],
    queryFn: async ({ signal }) =>
      (await dataOf(api.GET("/v1/users/{user_id}", { params: { path: { user_id: id } }, signal }))).data,
    ...live,
  });
}

/** Return the header that protects the changes of others. */
export function ifMatch(version: number | string): { "If-Match": string } {
  return { "If-Match": `"${version}"` };
}

/** Whether a change was refused because somebody else's came first. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.code === "VERSION_CONFLICT";
}

/** Return the messages by field, also of a refusal that names its field in the details, such as a name in use. */
export function fieldMessages(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof ApiError)) return {};
  const { field } = error.details;
  return typeof field === "string" ? { [field]: error.message, ...error.fields } : error.fields;
}
