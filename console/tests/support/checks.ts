/** What every screen has to hold: no serious finding of axe, no refusal by the content security policy, four pictures. */

import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";
import { complaints, DESKTOP, PHONE, signedIn } from "./browser";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const SCREENS = new URL("../../../build/screens/", import.meta.url).pathname;

/** Expect that a page can be used by everybody: no finding of axe that is serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  // A dialog that has just been opened gets its name with its title.
  await page.locator("[role=dialog]:not([aria-label], [aria-labelledby])").first().waitFor({ state: "detached" });
  // Evaluated by the debugger, which the content security policy does not concern.
  await page.evaluate(await axeSource());
  const results = (await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")) as AxeResults;
  const serious = results.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n")}`)).toEqual([]);
}

/** Expect that nothing went wrong in the browser. Failed requests that a flow provokes are named by a part of their text. */
export function expectNoComplaints(page: Page, ...provoked: string[]): void {
  const said = (complaints.get(page) ?? []).filter((text) => !provoked.some((part) => text.includes(part)));
  expect(said).toEqual([]);
}

/** Write a picture of what the page shows to `build/screens/`. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: `${SCREENS}${name}.png` });
}

export interface Screen {
  /** The name of its pictures. */
  name: string;
  user: string;
  /** Its address, with whatever is open. */
  path: string;
  /** Waits until the screen shows its data. */
  ready: (page: Page) => Promise<void>;
}

/** Open a screen in light and dark, on a desktop and on a phone; check it, and write its pictures. */
export async function checkScreen(browser: Browser, url: string, { name, user, path, ready }: Screen): Promise<void> {
  const page = await signedIn(browser, { url, user, path });
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const [device, size] of [
      ["desktop", DESKTOP],
      ["phone", PHONE],
    ] as const) {
      await page.setViewportSize(size);
      await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
      await ready(page);
      await picture(page, `${name}-${scheme}-${device}`);
      await expectAccessible(page);
    }
  }
  expectNoComplaints(page);
  await page.context().close();
}

let source: string | null = null;

async function axeSource(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  source ??= await readFile(AXE, "utf8");
  return source;
}
