import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { type Key, keys } from "../queries";

export type ApiKey = Schema<"ApiKeyView">;
export type ApiKeyPage = Schema<"ApiKeyList">;

export const apiKeysQuery = infiniteQueryOptions({
  queryKey: keys.apiKeys,
  queryFn: ({ pageParam, signal }) =>
    dataOf(api.GET("/v1/api-keys", { params: { query: { limit: 100, cursor: pageParam } }, signal })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.meta.nextCursor ?? undefined,
  ...live,
});

/** Without `Idempotency-Key`: the response, which has the text of the key, is not stored for a replay. */
export async function createApiKey(body: Schema<"CreateApiKey">): Promise<ApiKey> {
  return (await dataOf(api.POST("/v1/api-keys", { body }))).data;
}

export function deleteApiKey({ id }: ApiKey, header: Key): Promise<unknown> {
  return dataOf(api.DELETE("/v1/api-keys/{key_id}", { params: { path: { key_id: id }, header } }));
}
