/** The real local stack, as a process of its own. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const ROOT = new URL("../../../../", import.meta.url).pathname;
export const PASSWORD = "a password for tests only";

export interface Stack {
  /** The base URL of the API. */
  base: string;
  port: number;
  stop(): Promise<void>;
}

/** Start a stack on a free port, with its data in memory, and wait until it is ready. */
export async function startStack(): Promise<Stack> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(BATON_|AWS_|PORT$)/.test(name));
  const child = spawn(`${ROOT}.venv/bin/python`, ["-m", "infra.local"], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), PORT: "0", BATON_DEMO_PASSWORD: PASSWORD },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const port = await portOf(child);
  return { base: `http://localhost:${port}/api`, port, stop: () => stop(child) };
}

async function portOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null || child.stderr === null) throw new Error("The stack has no output.");
  const said: string[] = [];
  child.stderr.on("data", (data) => said.push(String(data)));
  let port = 0;
  for await (const line of createInterface(child.stdout)) {
    said.push(line);
    port ||= Number(/http:\/\/localhost:(\d+)\/api/.exec(line)?.[1] ?? 0);
    if (line.startsWith("Baton is ready")) {
      child.stdout.resume();
      return port;
    }
  }
  throw new Error(`The stack did not start:\n${said.join("\n")}`);
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
