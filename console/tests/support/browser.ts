/** Chromium, and pages of the console in it. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { PASSWORD } from "./stack";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

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
      // Maps are drawn by the processor.
      "--use-angle=swiftshader",
      "--enable-unsafe-swiftshader",
      "--ignore-gpu-blocklist",
      "--disable-quic",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
    ],
  });
}

export const DESKTOP = { width: 1360, height: 860 } as const;
export const PHONE = { width: 390, height: 844 } as const;

export interface Visit {
  url: string;
  user: string;
  size?: { width: number; height: number };
  scheme?: "light" | "dark";
  /** Whether the browser widens a page to what overflows it, as those of phones do. */
  isMobile?: boolean;
  /** Where to go after sign-in. */
  path?: string;
}

/** What a page wrote to its console as an error, such as a refusal by the content security policy. */
export const complaints = new WeakMap<Page, string[]>();

/** The pages that a test has open. */
const opened = new Set<Page>();

/** Close the pages of a test. Of one that failed, print what each page showed and what went wrong in it. */
export async function closePages(failed: boolean): Promise<void> {
  for (const page of opened) {
    if (failed) {
      const shown = await page.locator("body").ariaSnapshot({ timeout: 5_000 }).catch(String);
      process.stderr.write(`\nShown at ${page.url()}:\n${shown}\n${(complaints.get(page) ?? []).join("\n")}\n`);
    }
    await page.context().close();
  }
  opened.clear();
}

/** Open the console in a browser context of its own, and sign in. */
export async function signedIn(browser: Browser, visit: Visit): Promise<Page> {
  const page = await openPage(browser, visit);
  await page.goto(`${visit.url}/sign-in?next=${encodeURIComponent(visit.path ?? "/")}`);
  await signIn(page, visit.user);
  return page;
}

export async function openPage(browser: Browser, visit: Omit<Visit, "user">): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    viewport: visit.size ?? DESKTOP,
    colorScheme: visit.scheme ?? "light",
    isMobile: visit.isMobile ?? false,
    timezoneId: "Europe/Amsterdam",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const said: string[] = [];
  complaints.set(page, said);
  opened.add(page);
  page.on("close", () => opened.delete(page));
  page.on("console", (message) => {
    if (message.type() === "error") said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  return page;
}

export async function signIn(page: Page, user: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("User name, e-mail or phone").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("main#content h1").first().waitFor();
}
