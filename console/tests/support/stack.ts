/** The real local stack, as a process of its own, on a free port and with its data in memory. */

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

const ROOT = new URL("../../../", import.meta.url).pathname;

/** The password of all people of the demo data. */
export const PASSWORD = "a password for tests only";

export interface Stack {
  /** The address of the console. */
  url: string;
  stop(): Promise<void>;
}

/** Start a stack, and wait until it is ready. */
export async function startStack(): Promise<Stack> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(BATON_|AWS_|PORT$)/.test(name));
  const child = spawn(`${ROOT}.venv/bin/python`, ["-m", "infra.local"], {
    cwd: ROOT,
    // The same few people sign in for each screen, more often in a minute than one person would.
    env: {
      ...Object.fromEntries(inherited),
      PORT: "0",
      BATON_DEMO_PASSWORD: PASSWORD,
      BATON_LOGINS_PER_MINUTE: "1000",
      // Quick password hashes, which only this stage allows: an import makes a thousand of them.
      BATON_STAGE: "test",
      BATON_PASSWORD_MEMORY_KIB: "32",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const port = await portOf(child);
  return { url: `http://localhost:${port}`, stop: () => stop(child) };
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
