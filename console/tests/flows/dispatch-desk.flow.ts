import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { deliveries } from "../support/deliveries";
import { selectedPoint } from "../support/marks";

const program = browserProgram();
const url = inject("url");
const { onDuty, order, offered, carry, end } = deliveries(url);
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());
afterEach(end);

/** In a city of its own. */
const ORDER = {
  pickup_address: "Grote Markt 1, Groningen",
  dropoff_address: "Herestraat 20, Groningen",
  receiver_phone: "+31505550205",
  pickup_lat: 53.2187,
  pickup_lng: 6.5678,
  dropoff_lat: 53.2151,
  dropoff_lng: 6.5665,
};
const NEAR_IT = [53.22, 6.57] as const;

interface Entry {
  action: string;
}

/** Return what has happened to an order. Offers end after some seconds, so a page need not show one for long. */
async function actionsOf(orderId: string): Promise<string[]> {
  const dispatcher = await person(url, "dispatcher1");
  const { entries } = await dispatcher.call<{ entries: Entry[] }>("GET", `/v1/orders/${orderId}/timeline`);
  return entries.map(({ action }) => action);
}

/** Create an order that waits, and a courier beside it who declined it, so that only a dispatcher offers it to them again. */
async function declined(): Promise<readonly [id: string, courier: Person]> {
  const placed = await order("customer2", ORDER);
  const courier = await onDuty("courier5", ...NEAR_IT);
  await offered(placed, courier);
  await carry(courier, placed, "decline");
  return [placed.id, courier];
}

/** Open the map with an order selected, and return the page and what it says about the order. */
async function selectedOrder(orderId: string): Promise<readonly [Page, Locator]> {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: `/dispatch/map?selected=order:${orderId}` });
  return [page, page.getByRole("region", { name: "Selected" })];
}

/** Choose a step from the menu of the selected order, and say why. */
async function step(page: Page, action: string, reason: string): Promise<void> {
  await page.getByRole("region", { name: "Selected" }).getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: action }).click();
  await sayWhy(page, action, reason);
}

async function sayWhy(page: Page, action: string, reason: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: action }).click();
  await dialog.waitFor({ state: "hidden" });
}

test.skipIf(program === null)("a dispatcher takes an order from its courier", async () => {
  const courier = await onDuty("courier5", ...NEAR_IT);
  const { id } = await order("customer2", ORDER);
  await carry(courier, { id }, "accept");
  const [page, selected] = await selectedOrder(id);
  await selected.getByText("Accepted").waitFor();
  await step(page, "Take from the courier", "The courier called in");
  await selected.getByText("Waiting").waitFor();
  expect(await actionsOf(id)).toContain("ORDER_RELEASED");
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a dispatcher assigns a waiting order by keyboard only", async () => {
  const [id] = await declined();
  const [page, selected] = await selectedOrder(id);
  await selected.getByText("Waiting").waitFor();
  await selected.getByRole("button", { name: "Assign" }).focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  const nearest = dialog.getByRole("radio").first();
  await expect.poll(() => nearest.evaluate((radio) => radio === document.activeElement)).toBe(true);
  await page.keyboard.press("Space");
  await picture(page, "dispatch-assign-light-desktop");
  await expectAccessible(page);
  await dialog.getByRole("radio").last().focus();
  await nearest.focus();
  await page.keyboard.press("Space");
  while (!(await dialog.getByRole("button", { name: "Assign" }).evaluate((b) => b === document.activeElement))) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "hidden" });
  expect(await actionsOf(id)).toContain("ORDER_ASSIGNED");
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("BUTTON");
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a dispatcher drags a waiting order onto a courier of the map", async () => {
  const [id, courier] = await declined();
  const page = await signedIn(browser, {
    url,
    user: "dispatcher1",
    path: `/dispatch/map?list=order&selected=courier:${courier.id}`,
  });
  const row = page.getByRole("row", { name: /Grote Markt 1/ });
  await row.getByText("Waiting").waitFor();
  const target = await selectedPoint(page, "Map of couriers and orders");
  await row.hover();
  await page.mouse.down();
  await page.mouse.move(target.x - 60, target.y, { steps: 5 });
  await page.getByText("Drop it on a free courier").waitFor();
  await page.mouse.move(target.x, target.y, { steps: 5 });
  await page.getByText("Assign the order to").waitFor();
  await picture(page, "dispatch-drag-light-desktop");
  await page.mouse.up();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Assign" }).click();
  await dialog.waitFor({ state: "hidden" });
  expect(await actionsOf(id)).toContain("ORDER_ASSIGNED");
  expect(page.url()).not.toContain("order=");
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a dispatcher cancels an order", async () => {
  const { id } = await order("customer2", ORDER);
  const [page, selected] = await selectedOrder(id);
  await selected.getByText("Waiting").waitFor();
  await step(page, "Cancel order", "The shop is closed");
  await selected.getByText("Canceled by dispatcher").waitFor();
  await selected.getByText("This order is no longer in the list").waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("an order that ends while its dialog is open says so, and keeps the reason", async () => {
  const { id } = await order("customer2", ORDER);
  const [page, selected] = await selectedOrder(id);
  await selected.getByText("Waiting").waitFor();
  await selected.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Cancel order" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("The shop is closed");
  const colleague = await person(url, "dispatcher1");
  await colleague.call("POST", `/v1/orders/${id}/cancel`, { reason: "The customer called" });
  await dialog.getByText("this step is not possible any more. It is now: Canceled by dispatcher.").waitFor();
  expect(await dialog.getByLabel("Reason").inputValue()).toBe("The shop is closed");
  expect(await dialog.getByRole("button", { name: "Cancel order" }).isDisabled()).toBe(true);
  await expectAccessible(page);
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("orders that wait come first, the one that waits longest above all", async () => {
  const courier = await onDuty("courier5", 52.0907, 5.1214);
  const far = { pickup_lat: 52.0907, pickup_lng: 5.1214, dropoff_lat: 52.08, dropoff_lng: 5.12 };
  const carried = await order("customer3", { ...ORDER, ...far, pickup_address: "Is carried 4, Utrecht" });
  await carry(courier, carried, "accept", "arrived", "picked");
  const orders = ["Waits longest 1, Groningen", "Waits too 2, Groningen", "Waits least 3, Groningen"];
  for (const pickup_address of orders) await order("customer2", { ...ORDER, pickup_address });
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map" });
  const rows = page.getByRole("row", { name: /Groningen|Utrecht/ });
  await expect
    .poll(async () => (await rows.allTextContents()).map((text) => /(Waits|Is) \w+ \d/.exec(text)?.[0]))
    .toEqual(["Waits longest 1", "Waits too 2", "Waits least 3", "Is carried 4"]);
  expectNoComplaints(page);
  await page.context().close();
});
