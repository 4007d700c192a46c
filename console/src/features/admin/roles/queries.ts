import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";
import { ifMatch, type Key, type Role } from "../queries";

export interface RoleSave {
  code: string;
  version: number;
  permissions: Schema<"Granted">[];
}

export async function saveRole({ code, version, permissions }: RoleSave, header: Key): Promise<Role> {
  const params = { path: { code }, header: { ...header, ...ifMatch(version) } };
  return (await dataOf(api.PUT("/v1/roles/{code}", { params, body: { permissions } }))).data;
}

export async function createRole(body: Schema<"CreateRole">, header: Key): Promise<Role> {
  return (await dataOf(api.POST("/v1/roles", { params: { header }, body }))).data;
}

export function deleteRole({ code, version }: Role, header: Key): Promise<unknown> {
  return dataOf(
    api.DELETE("/v1/roles/{code}", { params: { path: { code }, header: { ...header, ...ifMatch(version) } } }),
  );
}
