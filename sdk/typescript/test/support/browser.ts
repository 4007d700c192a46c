/** Tabs in a real browser: pages of an origin of their own, which load the built package. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const DIST = new URL("../../dist/", import.meta.url).pathname;
const PAGE =
  '<!doctype html><meta charset="utf-8"><script type="module">import * as sdk from "/dist/index.js"; window.sdk = sdk;</script>';

/** What a page of the tests has: the package, and what it keeps between two calls. */
declare global {
  interface Window {
    sdk: typeof import("../../src/index.js");
    baton: import("../../src/index.js").Baton;
    tokens: import("../../src/index.js").TokenStore;
    seen: unknown[];
  }
}

/** A name that no browser takes for a secure origin. It leads to this machine. */
export const INSECURE_HOST = "baton.test";

/** Return the browser's program, or null if there is none on this machine. */
export function browserProgram(): string | null {
  const folders = (process.env.PATH ?? "").split(":");
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}

export function launch(program: string): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      // In a container everybody is root, and for root Chromium's sandbox does not start.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
    ],
  });
}

/** Serve the pages, and return their port and a function that ends that. */
export async function servePages(): Promise<{ port: number; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === "/") {
      response.writeHead(200, { "Content-Type": "text/html" }).end(PAGE);
    } else if (path.startsWith("/dist/") && path.endsWith(".js")) {
      const text = await readFile(join(DIST, path.slice("/dist/".length)));
      response.writeHead(200, { "Content-Type": "text/javascript" }).end(text);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The pages have no port.");
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { port: address.port, close };
}
