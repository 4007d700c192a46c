// Writes src/generated/ from the API's documents: `node scripts/generate.mjs FOLDER`, where FOLDER has openapi.json and
// asyncapi.json. The files are made by every build and not committed, so they are never out of date.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
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

async function typesOf(document) {
  return HEAD + astToString(await openapiTS(withoutExamples(document)));
}

/** The schemas of the sockets, as a document that the generator of types takes. */
function schemasOf({ info, components: { schemas } }) {
  return { openapi: "3.1.0", info, paths: {}, components: { schemas } };
}

function socketTypes(asyncapi) {
  const side = (action) =>
    Object.keys(asyncapi.channels)
      .map((channel) => `  ${channel}: {\n${eventsOf(asyncapi, channel, action)}  };\n`)
      .join("");
  return `${HEAD}import type { components } from "./asyncapi.js";

/** The events that the server sends on each channel, and their data. */
export interface ServerEvents {
${side("send")}}

/** The events that are sent to open sockets only. They have no id. */
export type LiveEvent = ${liveEvents(asyncapi)};

/** The events that a client may send on each channel, and their data. */
export interface ClientEvents {
${side("receive")}}
`;
}

/** The events of a channel in one direction. Replies to the client have no time: they are no events. */
function eventsOf({ operations, components }, channel, action) {
  return Object.values(operations)
    .filter((operation) => operation.action === action && lastOf(operation.channel.$ref) === channel)
    .map((operation) => ({ operation, message: components.messages[lastOf(operation.messages[0].$ref)] }))
    .filter(({ message }) => action === "receive" || "at" in propertiesOf(components, message))
    .map(({ operation, message }) => eventOf(message, operation.summary))
    .join("");
}

/** The names of the events that are sent to open sockets only, and so have no id. */
function liveEvents({ components }) {
  const live = Object.values(components.messages).filter((message) => {
    const properties = propertiesOf(components, message);
    return "at" in properties && !("id" in properties);
  });
  return live.map(({ name }) => JSON.stringify(name)).join(" | ");
}

function propertiesOf({ schemas }, { payload }) {
  return schemas[lastOf(payload.$ref)].properties;
}

function eventOf({ name, payload }, summary) {
  const type = `components["schemas"][${JSON.stringify(lastOf(payload.$ref))}]["data"]`;
  return `    /** ${summary} */\n    ${JSON.stringify(name)}: ${type};\n`;
}

function lastOf(reference) {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

const read = async (name) => JSON.parse(await readFile(join(process.argv[2], name), "utf8"));
const [openapi, asyncapi] = await Promise.all([read("openapi.json"), read("asyncapi.json")]);
await mkdir(GENERATED, { recursive: true });
const files = {
  "openapi.ts": await typesOf(openapi),
  "asyncapi.ts": await typesOf(schemasOf(asyncapi)),
  "sockets.ts": socketTypes(asyncapi),
};
await Promise.all(Object.entries(files).map(([name, text]) => writeFile(new URL(name, GENERATED), text)));
