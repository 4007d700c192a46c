// Prints what a first visit costs: `npm run report`. Sizes are of the build; times are measured in Chromium against the local
// stack of this machine, with an empty cache, for a fast and for a slow line; then how smoothly ten thousand couriers move.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import "./size.mjs";
import { measureSmoothness } from "./smooth.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PASSWORD = "a password for the report only";
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const LINES = [
  { name: "no limit", line: null },
  {
    name: "4 Mbit/s, 60 ms",
    line: { offline: false, latency: 60, downloadThroughput: 500_000, uploadThroughput: 200_000 },
  },
];

const folders = (process.env.PATH ?? "").split(":");
const program = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));

/** Start a stack, and return its address and a function that ends it. */
async function start() {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(BATON_|AWS_|PORT$)/.test(name));
  const child = spawn(`${ROOT}.venv/bin/python`, ["-m", "infra.local"], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), PORT: "0", BATON_DEMO_PASSWORD: PASSWORD },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let url = "";
  for await (const line of createInterface(child.stdout)) {
    url ||= /http:\/\/localhost:\d+/.exec(line)?.[0] ?? "";
    if (line.startsWith("Baton is ready")) break;
  }
  child.stdout.resume();
  const stop = async () => {
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  return { url, stop };
}

/** Return the milliseconds until the sign-in form can be used, and from the press of its button until rows are shown. */
async function visit(browser, url, line) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  if (line !== null) await devtools.send("Network.emulateNetworkConditions", line);
  const began = performance.now();
  await page.goto(`${url}/dispatch/orders`, { waitUntil: "commit" });
  await page.getByLabel("User name, e-mail or phone").fill("dispatcher1");
  const usable = performance.now() - began;
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  const pressed = performance.now();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("row").nth(1).waitFor();
  const rows = performance.now() - pressed;
  await context.close();
  return { usable, rows };
}

if (program === undefined) {
  process.stdout.write("Times were not measured: there is no Chromium.\n");
} else {
  const { url, stop } = await start();
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({
    executablePath: program,
    args: [...args, "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking"],
  });
  try {
    for (const { name, line } of LINES) {
      const { usable, rows } = await visit(browser, url, line);
      process.stdout.write(
        `${name}: sign-in usable after ${Math.round(usable)} ms, rows ${Math.round(rows)} ms after sign-in\n`,
      );
    }
    await measureSmoothness(browser, url, PASSWORD);
  } finally {
    await browser.close();
    await stop();
  }
}
