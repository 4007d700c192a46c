import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

const SLOW_MS = 15_000;

interface Order {
  id: string;
  code: string;
}

/** A work order that Mees van Dijk has. */
async function assigned(): Promise<Order> {
  const ops = await person(url, "ops1");
  const body = { checklistRef: "CL-2041", itemRef: "A-3", priority: "LOW", allowDuplicate: true };
  const order = await ops.call<Order>("POST", "/v1/work-orders", body);
  const lead = await person(url, "maint1");
  const { technicians } = await lead.call<{ technicians: { id: string; name: string }[] }>("GET", "/v1/technicians");
  const technicianId = technicians.find(({ name }) => name === "Mees van Dijk")?.id;
  await lead.call("PATCH", `/v1/work-orders/${order.id}/assign`, { technicianId });
  return order;
}

test.skipIf(program === null)(
  "a technician comments, mentions a lead found by name, and the lead answers",
  async () => {
    const order = await assigned();
    const path = `/repairs/mine?order=${order.id}`;
    const page = await signedIn(browser, { url, user: "tech1", path, size: PHONE, isMobile: true });
    const drawer = page.getByRole("dialog");
    await drawer.getByText("No comments yet").waitFor();
    await drawer.getByRole("button", { name: "Comment", exact: true }).click();
    await drawer.getByText("Write something.").waitFor();
    await drawer.getByLabel("Comment", { exact: true }).fill("The latch of row 4 is worn too. <b>Both?</b>");
    const search = drawer.getByLabel("Mention people");
    await search.click();
    await search.fill("prins");
    const option = page.getByRole("option", { name: "Hugo Prins" });
    await option.waitFor();
    expect(await page.evaluate("innerWidth")).toBe(PHONE.width);
    await option.click();
    await page.keyboard.press("Escape");
    await drawer.getByRole("button", { name: "Comment", exact: true }).click();
    await page.getByText("The comment was added.").waitFor();
    await drawer.getByText("The latch of row 4 is worn too. <b>Both?</b>").waitFor({ timeout: SLOW_MS });
    await drawer.getByText("Mentioned: Hugo Prins").waitFor();
    await expectAccessible(page);
    const lead = await person(url, "maint1");
    await lead.call("POST", `/v1/work-orders/${order.id}/comments`, { text: "Replace both." });
    await drawer.getByText("Replace both.").waitFor({ timeout: SLOW_MS });
    await drawer.getByRole("heading", { name: "Comments (2)" }).waitFor();
    expectNoComplaints(page);
    await page.context().close();
  },
);

test.skipIf(program === null)("earlier comments are read page by page", async () => {
  const order = await assigned();
  const lead = await person(url, "maint1");
  for (let number = 1; number <= 22; number++) {
    await lead.call("POST", `/v1/work-orders/${order.id}/comments`, { text: `Note ${number}.` });
  }
  const page = await signedIn(browser, { url, user: "maint1", path: `/repairs?order=${order.id}` });
  const list = page.getByRole("dialog").getByRole("list", { name: "Comments" });
  await list.getByText("Note 22.", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Earlier comments" }).click();
  await list.getByText("Note 1.", { exact: true }).waitFor({ timeout: SLOW_MS });
  await page.getByRole("button", { name: "Earlier comments" }).waitFor({ state: "hidden" });
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("labour and parts are added, and a wrong entry is taken back", async () => {
  const order = await assigned();
  const page = await signedIn(browser, { url, user: "tech1", path: `/repairs/mine?order=${order.id}` });
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Add labour" }).click();
  const labour = drawer.getByRole("form", { name: "Add labour" });
  await labour.getByRole("button", { name: "Add labour" }).click();
  await labour.getByText("Enter the minutes, a whole number of at least 1.").waitFor();
  await labour.getByLabel("Minutes").fill("85");
  await labour.getByLabel("Note").fill("Fetched the latch");
  await labour.getByRole("button", { name: "Add labour" }).click();
  await page.getByText("The labour was added.").waitFor();
  await drawer.getByText("1 h 25 min in all: 0 min worked, 1 h 25 min added").waitFor({ timeout: SLOW_MS });

  await drawer.getByRole("button", { name: "Add part" }).click();
  const part = drawer.getByRole("form", { name: "Add part" });
  await part.getByRole("textbox", { name: "Part" }).fill("Latch LB-4");
  await part.getByLabel("Quantity").fill("2");
  await part.getByLabel("Cost of one").pressSequentially("18,95");
  await part.getByLabel("Currency").fill("eur");
  await expectAccessible(page);
  await part.getByRole("button", { name: "Add part" }).click();
  await page.getByText("The part was added.").waitFor();
  await drawer.getByText("Costs: 37.90 EUR").waitFor({ timeout: SLOW_MS });
  await drawer.getByRole("button", { name: "Remove Latch LB-4" }).click();
  await page.getByText("The part was removed.").waitFor();
  await drawer.getByText("No parts yet").waitFor({ timeout: SLOW_MS });
  await drawer.getByRole("button", { name: "Remove 1 h 25 min of labour" }).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)(
  "a work order with comments, labour and parts, in light and dark and on a phone",
  async () => {
    const order = await assigned();
    const technician = await person(url, "tech1");
    const path = `/v1/work-orders/${order.id}`;
    await technician.call("POST", `${path}/comments`, { text: "The latch of row 4 is worn too." });
    await technician.call("POST", `${path}/labour`, { minutes: 25, note: "Fetched the latch from the store" });
    const part = { name: "Latch LB-4", quantity: 2, unitCost: 18.95, currency: "EUR" };
    await technician.call("POST", `${path}/parts`, part);
    await checkScreen(browser, url, {
      name: "repairs-comments",
      user: "maint1",
      path: `/repairs?order=${order.id}`,
      ready: async (page) => {
        await page.getByText("Costs: 37.90 EUR").waitFor({ timeout: SLOW_MS });
        await page.getByRole("list", { name: "Comments" }).scrollIntoViewIfNeeded();
      },
    });
  },
);
