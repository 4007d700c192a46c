import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { card, LIVE_MS, type Order, PHOTO, repairsOf, SLACK_MS } from "../support/repairs";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

const { checklist, route, step, upload } = repairsOf(url);

/** Drag by the pointer, in steps as a hand does. */
async function drag(page: Page, order: Order, technician: string): Promise<void> {
  const from = await card(page, /^To assign/, order).boundingBox();
  const to = await page.getByRole("list", { name: "Technicians" }).getByText(technician).boundingBox();
  if (from === null || to === null) throw new Error("The card or the technician is not on screen.");
  await page.mouse.move(from.x + 40, from.y + 50);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 30, { steps: 4 });
  await page.mouse.move(to.x + 20, to.y + 5, { steps: 8 });
  await picture(page, "repairs-drag-light-desktop");
  await page.mouse.up();
}

test.skipIf(program === null)("a lead assigns an order and sees the technician's photo", async () => {
  const order = await route("A-3", "CRITICAL", "Pump 2 is slow. <b>Mind the valve</b>");
  const technician = await person(url, "tech1");
  const page = await signedIn(browser, { url, user: "maint1", path: "/repairs" });
  await card(page, /^To assign/, order).waitFor({ timeout: 10_000 });
  await drag(page, order, "Mees van Dijk");
  await page.getByText(`${order.code} was assigned to Mees van Dijk.`).waitFor();
  await card(page, /^Assigned/, order).waitFor();
  await card(page, /^Assigned/, order)
    .getByRole("button", { name: /A-|:/ })
    .first()
    .click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Pump 2 is slow. <b>Mind the valve</b>").first().waitFor();

  await step(technician, order, "start");
  await drawer.getByText("In progress", { exact: true }).waitFor({ timeout: LIVE_MS + SLACK_MS });
  await upload(technician, order, "COMPLETION");
  await step(technician, order, "done", { fixNote: "Valve cleaned." });
  const finished = Date.now();
  await drawer
    .getByText("Valve cleaned.")
    .first()
    .waitFor({ timeout: LIVE_MS + SLACK_MS });
  const thumbnail = drawer.getByRole("button", { name: /^Open Finished work, photo 1/ });
  await thumbnail.waitFor({ timeout: LIVE_MS + SLACK_MS });
  expect(Date.now() - finished).toBeLessThan(LIVE_MS + SLACK_MS);
  await expect
    .poll(() => thumbnail.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await thumbnail.click();
  await page.getByRole("dialog", { name: /Finished work, photo 1/ }).waitFor();
  await expectAccessible(page);
  await picture(page, "repairs-lightbox-light-desktop");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  await card(page, /^Done today/, order).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)(
  "an order is assigned by keyboard, and a change by another lead is seen first",
  async () => {
    const order = await route("A-4");
    const other = await person(url, "admin");
    const technicians = await other.call<{ technicians: { id: string; name: string }[] }>("GET", "/v1/technicians");
    const zoe = technicians.technicians.find(({ name }) => name === "Zoe Brouwer");
    const page = await signedIn(browser, { url, user: "maint1", path: "/repairs" });
    const button = card(page, /^To assign/, order).getByRole("button", { name: new RegExp(`^${order.code}:`) });
    await button.focus();
    await page.keyboard.press("a");
    const dialog = page.getByRole("dialog", { name: `Assign ${order.code}` });
    await dialog.getByRole("radio", { name: /Mees van Dijk/ }).focus();
    await page.keyboard.press("Space");
    await step(other, order, "assign", { technicianId: zoe?.id });
    await dialog.getByText("Changed meanwhile").waitFor({ timeout: LIVE_MS + SLACK_MS });
    await dialog.getByText("Assigned: Zoe Brouwer").waitFor();
    expect(await dialog.getByRole("radio", { name: /Mees van Dijk/ }).getAttribute("aria-checked")).toBe("true");
    await expectAccessible(page);
    await picture(page, "repairs-conflict-light-desktop");
    await dialog.getByRole("button", { name: "Assign anyway" }).click();
    await page.getByText(`${order.code} was assigned to Mees van Dijk.`).waitFor();
    await card(page, /^Assigned/, order)
      .getByText("Mees van Dijk")
      .waitFor();
    expectNoComplaints(page);
    await page.context().close();
  },
);

test.skipIf(program === null)(
  "an order is outsourced from its menu, and what was typed survives a closed dialog",
  async () => {
    const order = await route("A-2");
    const page = await signedIn(browser, { url, user: "maint1", path: "/repairs?priority=HIGH" });
    const openDialog = async () => {
      await page.getByRole("button", { name: `Actions for ${order.code}` }).click();
      await page.getByRole("menuitem", { name: "Outsource" }).click();
    };
    await openDialog();
    const dialog = page.getByRole("dialog", { name: `Outsource ${order.code}` });
    await dialog.getByRole("button", { name: "Outsource" }).click();
    await dialog.getByText("Name the vendor.").waitFor();
    await dialog.getByLabel("Vendor").fill("Vekoma Service");
    await dialog.getByLabel("Note").fill("Quote 2026-118");
    await picture(page, "repairs-outsource-light-desktop");
    await page.keyboard.press("Escape");
    await openDialog();
    expect(await dialog.getByLabel("Vendor").inputValue()).toBe("Vekoma Service");
    await dialog.getByRole("button", { name: "Outsource" }).click();
    await card(page, /^Outsourced/, order).waitFor();
    expectNoComplaints(page);
    await page.context().close();
  },
);

test.skipIf(program === null)("a technician starts and finishes an order with a photo on a phone", async () => {
  const order = await route("A-1", "CRITICAL");
  const lead = await person(url, "maint1");
  const technician = await person(url, "tech2");
  await step(lead, order, "assign", { technicianId: technician.id });
  const page = await signedIn(browser, { url, user: "tech2", path: "/repairs/mine", size: PHONE });
  await page.getByRole("button", { name: /Notifications, \d+ unread/ }).click();
  await page
    .getByText(new RegExp(`^(Unread: )?${order.code} was assigned to you`))
    .first()
    .waitFor();
  await expectAccessible(page);
  await picture(page, "notices-light-phone");
  await page
    .getByText(new RegExp(`${order.code} was assigned to you`))
    .first()
    .click();
  const drawer = page.getByRole("dialog").filter({ hasText: order.code });
  await drawer.getByRole("button", { name: "Start work" }).click();
  await drawer.getByRole("button", { name: "Finish" }).click();
  const dialog = page.getByRole("dialog", { name: `Finish ${order.code}` });
  await dialog.getByRole("button", { name: "Finish", exact: true }).click();
  await dialog.getByText("Add a photo of the finished work first.").waitFor();
  await picture(page, "repairs-finish-light-phone");
  await dialog.locator("input[type=file]").setInputFiles(PHOTO);
  const photo = dialog.getByRole("button", { name: /^Open Finished work, photo 1/ });
  await photo.waitFor();
  await dialog.getByRole("button", { name: "Remove Finished work, photo 1" }).click();
  await page.getByText("The photo was removed.").waitFor();
  await photo.waitFor({ state: "detached" });
  await dialog.locator("input[type=file]").setInputFiles(PHOTO);
  await photo.waitFor();
  await dialog.getByLabel("What was done").fill("New latch.");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Finish", exact: true }).click();
  await page.getByText(new RegExp(`^${order.code} is done`)).waitFor();
  await drawer.getByText("New latch.").first().waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("who finds an issue photographs it, and the lead the work of a vendor", async () => {
  const order = await route("A-1", "LOW");
  const ops = await signedIn(browser, { url, user: "ops1", path: `/repairs?order=${order.id}`, size: PHONE });
  const drawer = ops.getByRole("dialog").filter({ hasText: order.code });
  await drawer.getByRole("button", { name: "Add photo of the issue" }).waitFor();
  expect(await drawer.getByRole("button", { name: "Add photo", exact: true }).count()).toBe(0);
  await drawer.locator("input[type=file]").setInputFiles(PHOTO);
  await drawer.getByRole("button", { name: /^Open Issue, photo 1/ }).waitFor();
  await expectAccessible(ops);
  await picture(ops, "repairs-issue-light-phone");
  expectNoComplaints(ops);
  await ops.context().close();

  const lead = await signedIn(browser, { url, user: "maint1", path: `/repairs?order=${order.id}` });
  const detail = lead.getByRole("dialog").filter({ hasText: order.code });
  await detail.getByRole("button", { name: /^Open Issue, photo 1/ }).waitFor();
  await step(await person(url, "maint1"), order, "outsource", { vendor: "Vekoma Service" });
  const section = detail.locator("section").filter({ hasText: "Photos of the work" });
  await section.getByRole("button", { name: "Add photo", exact: true }).waitFor({ timeout: LIVE_MS + SLACK_MS });
  await section.locator("input[type=file]").setInputFiles(PHOTO);
  await section.getByRole("button", { name: /^Open Finished work, photo 1/ }).waitFor();
  expectNoComplaints(lead);
  await lead.context().close();
});

test.skipIf(program === null)("a photo from before the work was started again does not count", async () => {
  const order = await route("A-2", "LOW");
  const lead = await person(url, "maint1");
  const technician = await person(url, "tech2");
  await step(lead, order, "assign", { technicianId: technician.id });
  await step(technician, order, "start");
  await upload(technician, order, "COMPLETION");
  await step(technician, order, "return", { reason: "No lift." });
  await step(lead, order, "assign", { technicianId: technician.id });
  await step(technician, order, "start");
  const page = await signedIn(browser, { url, user: "tech2", path: `/repairs/mine?order=${order.id}`, size: PHONE });
  const drawer = page.getByRole("dialog").filter({ hasText: order.code });
  await drawer.getByRole("button", { name: "Finish", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: `Finish ${order.code}` });
  await dialog.getByRole("button", { name: /^Open Finished work, photo 1/ }).waitFor();
  await dialog.getByRole("button", { name: "Finish", exact: true }).click();
  await dialog.getByText("Those from before the work was started again do not count.").waitFor();
  await dialog.locator("input[type=file]").setInputFiles(PHOTO);
  await dialog.getByRole("button", { name: /^Open Finished work, photo 2/ }).waitFor();
  await dialog.getByRole("button", { name: "Finish", exact: true }).click();
  await page.getByText(new RegExp(`^${order.code} is done`)).waitFor();
  expectNoComplaints(page, "422");
  await page.context().close();
});

test.skipIf(program === null)("a technician returns an order with a reason", async () => {
  const order = await route("A-2", "LOW");
  const lead = await person(url, "maint1");
  const technician = await person(url, "tech2");
  await step(lead, order, "assign", { technicianId: technician.id });
  const page = await signedIn(browser, { url, user: "tech2", path: `/repairs/mine?order=${order.id}`, size: PHONE });
  const drawer = page.getByRole("dialog").filter({ hasText: order.code });
  await drawer.getByRole("button", { name: "Return" }).click();
  const dialog = page.getByRole("dialog", { name: `Return ${order.code}` });
  await dialog.getByRole("button", { name: "Return" }).click();
  await dialog.getByText("Say why.").waitFor();
  await dialog.getByLabel("Why can it not be done?").fill("Needs a lift that we do not have.");
  await dialog.getByRole("button", { name: "Return" }).click();
  await drawer.getByText("Needs a lift that we do not have.").first().waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("an operations lead makes an order of a checklist's item", async () => {
  const ref = await checklist();
  const page = await signedIn(browser, { url, user: "ops1", path: "/repairs" });
  await page.getByRole("link", { name: "New work order" }).click();
  await page.getByRole("textbox", { name: "Checklist" }).fill("CL-9999");
  await page.keyboard.press("Enter");
  await page
    .getByText(/not found/i)
    .first()
    .waitFor();
  await page.getByRole("textbox", { name: "Checklist" }).fill(ref);
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: /Handrails are tight/ }).click();
  await page.getByLabel("Instructions").fill("The left one at the front.");
  await page.reload();
  await page.getByRole("radio", { name: /Handrails are tight/ }).waitFor();
  expect(await page.getByLabel("Instructions").inputValue()).toBe("The left one at the front.");
  await page.getByRole("button", { name: "Create work order" }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("The left one at the front.").first().waitFor();
  expect(await drawer.getByRole("button", { name: "Assign" }).count()).toBe(0);
  expectNoComplaints(page, "404");
  await page.context().close();
});

const SCREENS = [
  { name: "repairs-board", user: "maint1", path: () => "/repairs", text: "To assign" },
  { name: "repairs-order", user: "maint1", path: (id: string) => `/repairs?order=${id}`, text: "Timeline" },
  { name: "repairs-mine", user: "tech1", path: () => "/repairs/mine", text: "Lap bars close and lock" },
  { name: "repairs-new", user: "ops1", path: () => "/repairs/new", text: "Find checklist" },
] as const;

test.skipIf(program === null).each(SCREENS)("$name can be used by everybody, on every device", async (screen) => {
  const order = await route("A-4", "MEDIUM", "Check the cover as well. ".repeat(8));
  const technician = await person(url, "tech1");
  await step(await person(url, "maint1"), order, "assign", { technicianId: technician.id });
  await upload(technician, order, "ISSUE");
  await checkScreen(browser, url, {
    name: screen.name,
    user: screen.user,
    path: screen.path(order.id),
    ready: (page) => page.getByText(screen.text).first().waitFor(),
  });
});
