import type { TestProject } from "vitest/node";
import { startStack } from "./stack";

declare module "vitest" {
  export interface ProvidedContext {
    url: string;
  }
}

/** Start one stack for all flows. `CONSOLE_URL` names a running one instead, for work on a flow. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = process.env.CONSOLE_URL;
  if (running !== undefined) {
    project.provide("url", running);
    return async () => undefined;
  }
  const stack = await startStack();
  project.provide("url", stack.url);
  return stack.stop;
}
