// Writes src/generated/ from the API description: `node scripts/generate.mjs OPENAPI_JSON`. The files are made by every
// build and not committed, so they are never out of date.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const GENERATED = new URL("../src/generated/", import.meta.url);
const HEAD = "// Generated from the API description by scripts/generate.mjs. Do not edit.\n\n";

/** Examples make up half of the document, and editors show a type's description without them. */
function withoutExamples(value, named = false) {
  if (Array.isArray(value)) return value.map((item) => withoutExamples(item));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => named || (name !== "example" && name !== "examples"));
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutExamples(item, name === "properties")]));
}

function socketTypes({ channels }) {
  const side = (name) =>
    Object.entries(channels)
      .map(([channel, events]) => `  ${channel}: {\n${eventsOf(events[name])}  };\n`)
      .join("");
  return `${HEAD}import type { components } from "./openapi.js";

/** The events that the server sends on each channel, and their data. */
export interface ServerEvents {
${side("to_client")}}

/** The events that a client may send on each channel, and their data. */
export interface ClientEvents {
${side("from_client")}}
`;
}

function eventsOf(events) {
  return Object.entries(events)
    .map(
      ([event, { description, data }]) => `    /** ${description} */\n    ${JSON.stringify(event)}: ${typeOf(data)};\n`,
    )
    .join("");
}

function typeOf(schema) {
  const name = /^#\/components\/schemas\/(.+)$/.exec(schema.$ref ?? "")?.[1];
  return name === undefined ? "Record<string, never>" : `components["schemas"][${JSON.stringify(name)}]`;
}

const document = JSON.parse(await readFile(process.argv[2], "utf8"));
await mkdir(GENERATED, { recursive: true });
await writeFile(new URL("openapi.ts", GENERATED), HEAD + astToString(await openapiTS(withoutExamples(document))));
await writeFile(new URL("sockets.ts", GENERATED), socketTypes(document["x-socket"]));
