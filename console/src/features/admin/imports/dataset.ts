import { bodyOf, type Description, type JsonSchema, resolved, typesOf } from "../description";
import { imports as texts } from "./texts";

export interface Column {
  name: string;
  required: boolean;
  type: string;
  meaning: string;
}

/** One kind of records, as the API's description names it. */
export interface Dataset {
  name: string;
  title: string;
  path: string;
  permission: string | undefined;
  columns: readonly Column[];
  /** One record, for a template. */
  example: Readonly<Record<string, unknown>>;
}

const PREFIX = "/v1/imports/";

export function datasetsOf(description: Description): readonly Dataset[] {
  return Object.keys(description.paths)
    .filter((path) => path.startsWith(PREFIX))
    .map((path) => datasetOf(description, path));
}

function datasetOf(description: Description, path: string): Dataset {
  const name = path.slice(PREFIX.length);
  const { schema, example } = bodyOf(description, path, "post");
  const record = resolved(description, schema.properties?.records?.items);
  return {
    name,
    path,
    title: texts.datasets[name] ?? name,
    permission: description.paths[path]?.post?.["x-permission"],
    columns: Object.entries(record.properties ?? {}).map(([column, value]) =>
      columnOf(column, resolved(description, value), record.required?.includes(column) ?? false),
    ),
    example: (example as { records?: Record<string, unknown>[] } | undefined)?.records?.[0] ?? {},
  };
}

function columnOf(name: string, schema: JsonSchema, required: boolean): Column {
  return {
    name,
    required,
    type: typesOf(schema)[0] ?? "string",
    meaning: (schema.description ?? "").replaceAll("`", ""),
  };
}
