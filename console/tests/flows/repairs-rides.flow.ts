import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints } from "../support/checks";
import { repairsOf } from "../support/repairs";

const program = browserProgram();
const url = inject("url");
const { checklist, route, step } = repairsOf(url);
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

test.skipIf(program === null)("a ride shows all that was repaired on it, also what was cancelled", async () => {
  const ref = await checklist();
  const order = await route("I-1", "LOW", null, ref);
  await step(await person(url, "ops1"), order, "cancel", { reason: "Not needed." });
  const page = await signedIn(browser, { url, user: "maint1", path: "/repairs/rides" });
  const rides = page.getByRole("grid", { name: "Rides" });
  await rides.getByRole("row", { name: /RC-07/ }).click();
  await page.getByRole("heading", { name: "River Rapids (RC-07)" }).waitFor();
  const orders = page.getByRole("grid", { name: "Work orders" });
  await orders
    .getByRole("row", { name: new RegExp(order.code) })
    .getByText("Cancelled")
    .waitFor();
  await orders.getByRole("row", { name: new RegExp(order.code) }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("Not needed.").first().waitFor();
  await page.keyboard.press("Escape");
  await page
    .getByRole("grid", { name: "Checklists" })
    .getByRole("row", { name: new RegExp(ref) })
    .click();
  await page.getByRole("dialog").getByText("Handrails are tight").waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("an operations lead makes a work order from the list of checklists", async () => {
  const ref = await checklist();
  const other = await route("I-1", "HIGH", null, ref);
  const page = await signedIn(browser, { url, user: "ops1", path: `/repairs/checklists?checklist=${ref}` });
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("link", { name: other.code }).waitFor();
  await drawer.getByText("Held", { exact: true }).waitFor();
  await drawer.getByRole("link", { name: "New work order" }).click();
  await page.getByRole("radio", { name: /Handrails are tight/ }).click();
  expect(await page.getByRole("textbox", { name: "Checklist" }).inputValue()).toBe(ref);
  await page.getByRole("button", { name: "Create work order" }).click();
  await page.getByText(`WO-${ref}-2 was created.`).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

const SCREENS = [
  { name: "repairs-rides", user: "maint1", path: "/repairs/rides", text: "River Rapids" },
  { name: "repairs-ride", user: "maint1", path: "/repairs/rides/RC-07", text: "Lap bars close and lock" },
  { name: "repairs-checklists", user: "ops1", path: "/repairs/checklists", text: "CL-2041" },
  {
    name: "repairs-checklist",
    user: "ops1",
    path: "/repairs/checklists?checklist=CL-2041",
    text: "Emergency stop works",
  },
] as const;

test.skipIf(program === null).each(SCREENS)("$name can be used by everybody, on every device", async (screen) => {
  await checkScreen(browser, url, { ...screen, ready: (page) => page.getByText(screen.text).first().waitFor() });
});
