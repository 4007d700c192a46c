import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { ifMatch, type Key, keys, type Person } from "../queries";

export type Status = Schema<"UserStatus">;

export const PAGE_SIZE = 50;

export interface PeopleFilter {
  q: string;
  role: string;
  status: string;
  page: number;
}

export function peopleQuery({ q, role, status, page }: PeopleFilter) {
  return queryOptions({
    queryKey: [...keys.people, "list", { q, role, status, page }],
    queryFn: ({ signal }) => {
      const query = {
        q: q || undefined,
        role: role || undefined,
        status: (status || undefined) as Status | undefined,
        page,
        pageSize: PAGE_SIZE,
      };
      return dataOf(api.GET("/v1/users", { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
    ...live,
  });
}

export async function createPerson(body: Schema<"CreateUser">, header: Key): Promise<Person> {
  return (await dataOf(api.POST("/v1/users", { params: { header }, body }))).data;
}

export interface PersonChange {
  id: string;
  version?: string | number;
  body: Schema<"UserChange">;
}

export async function changePerson({ id, version, body }: PersonChange, header: Key): Promise<Person> {
  const headers = version === undefined ? header : { ...header, ...ifMatch(version) };
  const params = { path: { user_id: id }, header: headers };
  return (await dataOf(api.PATCH("/v1/users/{user_id}", { params, body }))).data;
}
