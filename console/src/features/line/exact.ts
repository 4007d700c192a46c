/** Reads and writes the decimals of the API without a loss: they are numbers in JSON and text in the console. */

import type { operations } from "~/api/schema";
import type { Decimal } from "./decimals";

const FIELDS = ["value", "min", "max", "nominalVoltage", "nominalCapacity"] as const;
const NAMES = FIELDS.join("|");
// Quotes within a text are escaped in JSON, so neither pattern matches there.
const NUMBERS = new RegExp(`"(${NAMES})"\\s*:\\s*(-?\\d[\\d.eE+-]*)`, "g");
const TEXTS = new RegExp(`"(${NAMES})":"(-?\\d+(?:\\.\\d+)?)"`, "g");

/** A schema whose decimals are text. */
export type Exact<T> = T extends object
  ? { [Key in keyof T]: Key extends (typeof FIELDS)[number] ? DecimalOf<T[Key]> : Exact<T[Key]> }
  : T;

// Requests may send null for a decimal; responses leave it out.
type DecimalOf<T> = T extends number ? Decimal : T extends null ? never : Exact<T>;

/** What an operation of the API responds with. */
export type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

/** Return the body of a successful response that was requested with `parseAs: "text"`. */
export async function exactOf<Name extends keyof operations>(
  request: Promise<{ data?: unknown }>,
): Promise<Exact<Answer<Name>>> {
  const { data } = await request;
  return JSON.parse(String(data).replace(NUMBERS, '"$1":"$2"')) as Exact<Answer<Name>>;
}

/** Return a body as JSON in which decimals are numbers, digit for digit: a `bodySerializer` of a request. */
export function exactJson(body: unknown): string {
  return JSON.stringify(body).replace(TEXTS, '"$1":$2');
}
