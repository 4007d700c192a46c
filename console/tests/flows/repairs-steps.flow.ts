import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { card, LIVE_MS, type Order, PHOTO, repairsOf, SLACK_MS } from "../support/repairs";

const program = browserProgram();
const url = inject("url");
const { checklist, route, step, upload } = repairsOf(url);
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

/** Make a work order, and assign it to a technician. */
async function assigned(item: string, technician: Person, priority = "LOW"): Promise<Order> {
  const order = await route(item, priority);
  await step(await person(url, "maint1"), order, "assign", { technicianId: technician.id });
  return order;
}

function drawerOf(page: Page, order: Order): Locator {
  return page
    .getByRole("dialog")
    .filter({ has: page.getByRole("heading", { name: new RegExp(`^${order.code}(?!:)`) }) });
}

async function choose(dialog: Locator, label: string, option: string): Promise<void> {
  await dialog.getByRole("combobox", { name: label }).click();
  await dialog.page().getByRole("option", { name: option, exact: true }).click();
}

async function fromMenu(drawer: Locator, name: string): Promise<void> {
  await drawer.getByRole("button", { name: "More steps" }).click();
  await drawer.page().getByRole("menuitem", { name, exact: true }).click();
}

test.skipIf(program === null)("a lead puts work on hold by keyboard, edits it and resumes it", async () => {
  const order = await assigned("A-3", await person(url, "tech1"));
  const page = await signedIn(browser, { url, user: "maint1", path: "/repairs" });
  const button = card(page, /^Assigned/, order).getByRole("button", { name: new RegExp(`^${order.code}:`) });
  await button.focus();
  await page.keyboard.press("h");
  const hold = page.getByRole("dialog", { name: `Put ${order.code} on hold` });
  await hold.getByRole("button", { name: "Put on hold" }).click();
  await hold.getByText("Choose what it waits for.").waitFor();
  const reason = hold.getByRole("combobox", { name: "What does the work wait for?" });
  await reason.focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "Parts", exact: true }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => reason.inputValue()).not.toBe("");
  const chosen = await reason.inputValue();
  await hold.getByLabel("Note").fill("The latch is ordered.");
  await hold.getByLabel("Expected to resume").fill("2031-03-16T08:00");
  await hold.getByRole("button", { name: "Put on hold" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText(`${order.code} is on hold.`).waitFor();
  const held = card(page, /^On hold/, order);
  await held.getByText("Due date paused").waitFor();
  await held.getByText(new RegExp(`^${chosen}, for \\d+ min.*, expected in`)).waitFor();

  await held.getByRole("button", { name: new RegExp(`^${order.code}:`) }).click();
  const drawer = drawerOf(page, order);
  await drawer.getByText(/, on hold for \d/).waitFor();
  await drawer.getByText("The latch is ordered.").first().waitFor();
  await fromMenu(drawer, "Edit");
  const edit = page.getByRole("dialog", { name: `Edit ${order.code}` });
  await edit.getByRole("button", { name: "Save" }).click();
  await edit.getByText("Nothing is changed yet.").waitFor();
  await choose(edit, "Priority", "Critical");
  await edit.getByLabel("Instructions").fill("Bring the torque key.");
  await edit.getByRole("button", { name: "Save" }).click();
  await page.getByText(`${order.code} was changed.`).waitFor();
  await drawer.getByText("Bring the torque key.").first().waitFor();

  await drawer.getByRole("button", { name: "Resume" }).click();
  await page
    .getByRole("dialog", { name: `Resume ${order.code}` })
    .getByRole("button", { name: "Resume" })
    .click();
  await page.getByText(new RegExp(`^${order.code} was resumed, due `)).waitFor();
  await drawer.getByText("Assigned", { exact: true }).first().waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a vendor's work is recorded with a photo and its cost, and reopened", async () => {
  const ref = await checklist();
  const order = await route("I-1", "LOW", null, ref);
  const page = await signedIn(browser, { url, user: "maint1", path: `/repairs?order=${order.id}` });
  const drawer = drawerOf(page, order);
  await drawer.getByRole("button", { name: "Outsource" }).click();
  const outsource = page.getByRole("dialog", { name: `Outsource ${order.code}` });
  await outsource.getByLabel("Vendor").fill("Vekoma Service");
  await outsource.getByLabel("Due").fill("2031-03-16T08:00");
  await outsource.getByRole("button", { name: "Outsource" }).click();
  await drawer.getByText("16 Mar 2031", { exact: false }).first().waitFor();
  await card(page, /^Outsourced/, order)
    .getByText("Vendor: Vekoma Service")
    .waitFor();

  await drawer.getByRole("button", { name: "Vendor is done" }).click();
  const done = page.getByRole("dialog", { name: `${order.code}: the vendor is done` });
  await done.getByLabel("Cost").fill("1,480");
  await done.getByLabel("Currency").fill("eur");
  await done.getByRole("button", { name: "Finish", exact: true }).click();
  await done.getByText("Add a photo of the finished work first.").waitFor();
  await done.getByText("Say what was done.").waitFor();
  await done.getByText("Write an amount such as 480.50.").waitFor();
  await done.locator("input[type=file]").setInputFiles(PHOTO);
  await done.getByRole("button", { name: /^Open Finished work, photo 1/ }).waitFor();
  await done.getByLabel("What was done").fill("New hinges.");
  await done.getByLabel("Cost").fill("480,50");
  await done.getByRole("button", { name: "Finish", exact: true }).click();
  await page.getByText(`${order.code} is done, and its checklist is released.`).waitFor();
  await drawer.getByText("480.50 EUR").waitFor();

  await drawer.getByRole("button", { name: "Reopen" }).click();
  const reopen = page.getByRole("dialog", { name: `Reopen ${order.code}` });
  await reopen.getByRole("button", { name: "Reopen" }).click();
  await reopen.getByText("Say why.").waitFor();
  await reopen.getByLabel("What is wrong?").fill("It sags again.");
  await reopen.getByRole("button", { name: "Reopen" }).click();
  await page.getByText(`${order.code} was reopened.`).waitFor();
  await drawer.getByText("It sags again.").first().waitFor();

  await drawer.getByRole("button", { name: "Cancel work order" }).click();
  const cancel = page.getByRole("dialog", { name: `Cancel ${order.code}` });
  await cancel.getByLabel("Why is it not needed?").fill("The gate is replaced.");
  await cancel.getByRole("button", { name: "Cancel work order" }).click();
  await page.getByText(`${order.code} was cancelled, and its checklist is released.`).waitFor();
  await drawer.getByText("The gate is replaced.").first().waitFor();
  expect(await drawer.getByRole("button", { name: "Edit" }).count()).toBe(0);
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("work is recalled from a vendor", async () => {
  const order = await route("A-2", "LOW");
  await step(await person(url, "maint1"), order, "outsource", { vendor: "Vekoma Service" });
  const page = await signedIn(browser, { url, user: "maint1", path: "/repairs" });
  await page.getByRole("button", { name: `Actions for ${order.code}` }).click();
  await page.getByRole("menuitem", { name: "Recall" }).click();
  await page
    .getByRole("dialog", { name: `Recall ${order.code}` })
    .getByRole("button", { name: "Recall" })
    .click();
  await page.getByText(new RegExp(`^${order.code} was recalled, due `)).waitFor();
  await card(page, /^To assign/, order).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)(
  "what was typed outlives a change by another lead, and is sent when it was seen",
  async () => {
    const order = await assigned("A-4", await person(url, "tech1"));
    const page = await signedIn(browser, { url, user: "maint1", path: `/repairs?order=${order.id}` });
    await drawerOf(page, order).getByRole("button", { name: "Put on hold" }).click();
    const hold = page.getByRole("dialog", { name: `Put ${order.code} on hold` });
    await choose(hold, "What does the work wait for?", "Weather");
    await hold.getByLabel("Note").fill("Wind force 8.");
    const ops = await person(url, "ops1");
    await ops.call("PATCH", `/v1/work-orders/${order.id}`, { priority: "HIGH" }, { "If-Match": '"2"' });
    await hold.getByText("Changed meanwhile").waitFor({ timeout: LIVE_MS + SLACK_MS });
    expect(await hold.getByLabel("Note").inputValue()).toBe("Wind force 8.");
    await picture(page, "repairs-hold-conflict-light-desktop");
    await expectAccessible(page);
    await hold.getByRole("button", { name: "Put it on hold anyway" }).click();
    await page.getByText(`${order.code} is on hold.`).waitFor();
    expectNoComplaints(page);
    await page.context().close();
  },
);

test.skipIf(program === null)("a second work order of an item is made only on purpose", async () => {
  const ref = await checklist();
  const other = await route("I-2", "LOW", null, ref);
  const page = await signedIn(browser, { url, user: "ops1", path: "/repairs/new" });
  await page.getByRole("textbox", { name: "Checklist" }).fill(ref);
  await page.keyboard.press("Enter");
  await page.getByRole("radio", { name: /Handrails are tight/ }).click();
  await page.getByLabel("Instructions").fill("The one on the stairs.");
  await page.getByRole("button", { name: "Create work order" }).click();
  const note = page.getByRole("alert").filter({ hasText: "This item has an open work order already" });
  await note.getByRole("link", { name: other.code }).waitFor();
  await expectAccessible(page);
  await picture(page, "repairs-duplicate-light-desktop");
  expect(await page.getByLabel("Instructions").inputValue()).toBe("The one on the stairs.");
  await note.getByRole("button", { name: "Create anyway" }).click();
  await page.getByText(`WO-${ref}-2 was created.`).waitFor();
  await page.getByRole("dialog").getByText("The one on the stairs.").first().waitFor();
  expectNoComplaints(page, "409");
  await page.context().close();
});

test.skipIf(program === null)("a lead sees and takes back the work of a technician who is gone", async () => {
  const admin = await person(url, "admin");
  const name = `Gone ${Date.now()}`;
  const user = { username: `gone-${Date.now()}`, fullName: name, role: "TECH", gameZone: "North" };
  const { data: gone } = await admin.call<{ data: { id: string } }>("POST", "/v1/users", user);
  const lead = await person(url, "maint1");
  const [first, second] = [await route("A-1", "LOW"), await route("A-2", "LOW")];
  for (const order of [first, second]) await step(lead, order, "assign", { technicianId: gone.id });
  await admin.call("PATCH", `/v1/users/${gone.id}`, { status: "DISABLED" });

  const page = await signedIn(browser, { url, user: "maint1", path: "/repairs?technician=gone" });
  await card(page, /^Assigned/, first)
    .getByText("Gone", { exact: true })
    .waitFor();
  await card(page, /^Assigned/, first)
    .getByRole("button", { name: new RegExp(`^${first.code}:`) })
    .click();
  const drawer = drawerOf(page, first);
  await drawer.getByText(`${name} (disabled, in another zone, or no technician any more)`).waitFor();
  await drawer.getByRole("button", { name: "Return" }).click();
  const dialog = page.getByRole("dialog", { name: `Return ${first.code}` });
  await dialog.getByLabel("Why can it not be done?").fill("Left the company.");
  await dialog.getByRole("button", { name: "Return" }).click();
  await drawer.getByText("Left the company.").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: `Actions for ${second.code}` }).click();
  await page.getByRole("menuitem", { name: "Reassign" }).click();
  const reassign = page.getByRole("dialog", { name: `Assign ${second.code}` });
  await reassign.getByRole("radio", { name: /Zoe Brouwer/ }).click();
  await reassign.getByRole("button", { name: "Reassign" }).click();
  await page.getByText(`${second.code} was assigned to Zoe Brouwer.`).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a technician puts work on hold and resumes it on a phone", async () => {
  const technician = await person(url, "tech2");
  const order = await assigned("A-3", technician);
  await step(technician, order, "start");
  const path = `/repairs/mine?order=${order.id}`;
  const page = await signedIn(browser, { url, user: "tech2", path, size: PHONE });
  const drawer = drawerOf(page, order);
  await drawer.getByRole("button", { name: "Put on hold" }).click();
  expect(await drawer.getByRole("button", { name: "Cancel work order", includeHidden: true }).count()).toBe(0);
  const hold = page.getByRole("dialog", { name: `Put ${order.code} on hold` });
  await choose(hold, "What does the work wait for?", "Access to the ride");
  await hold.getByRole("button", { name: "Put on hold" }).click();
  await drawer.getByText(/^Access to the ride, on hold for \d/).waitFor();
  await drawer.getByRole("button", { name: "Resume" }).click();
  await page
    .getByRole("dialog", { name: `Resume ${order.code}` })
    .getByRole("button", { name: "Resume" })
    .click();
  await drawer.getByRole("button", { name: "Finish", exact: true }).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

interface FormScreen {
  name: string;
  /** Brings the work order into a state that allows the step. */
  prepare: (order: Order, lead: Person, technician: Person) => Promise<void>;
  open: (drawer: Locator) => Promise<void>;
  dialog: (code: string) => string;
}

const press = (name: string) => (drawer: Locator) => drawer.getByRole("button", { name, exact: true }).click();

async function give(order: Order, lead: Person, technician: Person): Promise<void> {
  await step(lead, order, "assign", { technicianId: technician.id });
}

async function putOnHold(order: Order, lead: Person, technician: Person): Promise<void> {
  await give(order, lead, technician);
  await step(lead, order, "hold", { reason: "PARTS", note: "The latch is ordered.", until: "2031-03-16T08:00:00Z" });
}

async function outsourced(order: Order, lead: Person): Promise<void> {
  await step(lead, order, "outsource", { vendor: "Vekoma Service", note: "Quote 2026-118" });
}

async function finished(order: Order, lead: Person): Promise<void> {
  await outsourced(order, lead);
  await upload(lead, order, "COMPLETION");
  await step(lead, order, "vendor-done", { fixNote: "New hinges.", cost: 480.5, currency: "EUR" });
}

const FORMS: readonly FormScreen[] = [
  { name: "hold", prepare: give, open: press("Put on hold"), dialog: (code) => `Put ${code} on hold` },
  { name: "resume", prepare: putOnHold, open: press("Resume"), dialog: (code) => `Resume ${code}` },
  {
    name: "vendor-done",
    prepare: outsourced,
    open: press("Vendor is done"),
    dialog: (code) => `${code}: the vendor is done`,
  },
  { name: "recall", prepare: outsourced, open: press("Recall"), dialog: (code) => `Recall ${code}` },
  { name: "reopen", prepare: finished, open: press("Reopen"), dialog: (code) => `Reopen ${code}` },
  { name: "cancel", prepare: give, open: press("Cancel work order"), dialog: (code) => `Cancel ${code}` },
  { name: "edit", prepare: give, open: press("Edit"), dialog: (code) => `Edit ${code}` },
];

test.skipIf(program === null).each(FORMS)("the form $name can be used by everybody, on every device", async (form) => {
  const order = await route("A-4", "MEDIUM", "Check the cover as well.");
  await form.prepare(order, await person(url, "maint1"), await person(url, "tech1"));
  await checkScreen(browser, url, {
    name: `repairs-${form.name}`,
    user: "maint1",
    path: `/repairs?order=${order.id}`,
    ready: async (page) => {
      const dialog = page.getByRole("dialog", { name: form.dialog(order.code) });
      if (!(await dialog.isVisible())) await form.open(drawerOf(page, order));
      await dialog.waitFor();
    },
  });
});

test.skipIf(program === null)("work on hold and its technician can be read by everybody, on every device", async () => {
  const order = await route("A-4", "MEDIUM");
  await putOnHold(order, await person(url, "maint1"), await person(url, "tech1"));
  await checkScreen(browser, url, {
    name: "repairs-on-hold",
    user: "maint1",
    path: `/repairs?order=${order.id}`,
    ready: (page) =>
      drawerOf(page, order)
        .getByText(/^Parts, on hold for \d/)
        .waitFor(),
  });
});
