/** What the API says about itself: the settings of an organisation and the datasets of imports, whatever there are. */

import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";

/** The parts of JSON Schema that the description uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string | readonly string[];
  description?: string;
  title?: string;
  enum?: readonly unknown[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  items?: JsonSchema;
  properties?: Readonly<Record<string, JsonSchema>>;
  additionalProperties?: JsonSchema | boolean;
  required?: readonly string[];
  maxItems?: number;
  anyOf?: readonly JsonSchema[];
}

interface Operation {
  summary?: string;
  requestBody?: { content: Readonly<Record<string, { schema: JsonSchema; example?: unknown }>> };
  "x-permission"?: string;
}

export interface Description {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { schemas: Readonly<Record<string, JsonSchema>> };
}

export const descriptionQuery = queryOptions({
  queryKey: ["admin", "description"],
  queryFn: async ({ signal }) => (await dataOf(api.GET("/v1/openapi.json", { signal }))) as unknown as Description,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
});

/** Return a schema in place of a reference to it. */
export function resolved(description: Description, schema: JsonSchema | undefined): JsonSchema {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema?.$ref ?? "")?.[1];
  if (name === undefined) return schema ?? {};
  const { $ref: _, ...own } = schema ?? {};
  return { ...description.components.schemas[name], ...own };
}

/** Return the schema of the body of a request, and its example. */
export function bodyOf(
  description: Description,
  path: string,
  method: string,
): { schema: JsonSchema; example: unknown } {
  const content = description.paths[path]?.[method]?.requestBody?.content["application/json"];
  return { schema: resolved(description, content?.schema), example: content?.example };
}

/** Return the types that a schema allows, without null. */
export function typesOf(schema: JsonSchema): readonly string[] {
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  return types.filter((type) => type !== "null");
}

export function allowsNull(schema: JsonSchema): boolean {
  return Array.isArray(schema.type) && schema.type.includes("null");
}
