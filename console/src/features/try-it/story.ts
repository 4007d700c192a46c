/** What a story is made of: requests one after the other, each made from what the earlier ones returned. */

import type { Answer, Call, People } from "./people";

/** What later steps need to know, such as ids and versions. */
export type Memory = Readonly<Record<string, string>>;

export interface Step {
  /** What happens, in a few words. */
  title: string;
  /** Why, and what to look at, in a sentence. */
  explanation: string;
  call: (memory: Memory, people: People) => Call | Promise<Call>;
  /** The status that is expected; any success by default. */
  status?: number;
  /** What to keep of the response. */
  keep?: (body: unknown) => Memory;
}

export interface Story {
  id: string;
  title: string;
  text: string;
  /** Where in the console it can be watched. */
  watch: { to: string; label: string };
  steps: readonly Step[];
  /** Ends what an earlier play has left, so that it does not disturb this one. */
  prepare?: (people: People) => Promise<void>;
}

/** Whether an answer is what a step expects. */
export function isExpected({ status = 0 }: Step, answer: Answer): boolean {
  return status === 0 ? answer.status >= 200 && answer.status < 300 : answer.status === status;
}

/** Return a text or a number within a body, by a path such as `order.id`; empty if there is none. */
export function textAt(body: unknown, path: string): string {
  const value = path.split(".").reduce<unknown>((part, name) => (isRecord(part) ? part[name] : undefined), body);
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
