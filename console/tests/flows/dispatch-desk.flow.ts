import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

/** What undoes a flow, so that its couriers and orders are in nobody's way. */
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
});

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

async function onDuty(): Promise<Person> {
  const courier = await person(url, "courier5");
  await courier.call("POST", "/v1/courier/availability", { available: true });
  undo.push(() => courier.call("POST", "/v1/courier/availability", { available: false }));
  await courier.call("POST", "/v1/courier/location", { latitude: 53.22, longitude: 6.57 });
  return courier;
}

async function ordered(): Promise<string> {
  const customer = await person(url, "customer2");
  const { order } = await customer.call<{ order: { id: string } }>("POST", "/v1/orders", ORDER);
  const dispatcher = await person(url, "dispatcher1");
  undo.push(() => dispatcher.call("POST", `/v1/orders/${order.id}/cancel`, { reason: "The flow has ended." }));
  return order.id;
}

/** Choose a step from the menu of the selected order, and say why. */
async function step(page: Page, action: string, reason: string): Promise<void> {
  await page.getByRole("region", { name: "Selected" }).getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: action }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: action }).click();
  await dialog.waitFor({ state: "hidden" });
}

test.skipIf(program === null)(
  "a dispatcher takes an order from its courier, assigns it by keyboard, and cancels it",
  async () => {
    await onDuty();
    const order = await ordered();
    const page = await signedIn(browser, { url, user: "dispatcher1", path: `/dispatch/map?selected=order:${order}` });
    const selected = page.getByRole("region", { name: "Selected" });
    await selected.getByText("Offered").waitFor();
    await step(page, "Take from the courier", "The courier called in");
    await selected.getByText("Waiting").waitFor({ timeout: 10_000 });

    await selected.getByRole("button", { name: "Assign" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("radio").first().waitFor();
    await picture(page, "dispatch-assign-light-desktop");
    await expectAccessible(page);
    await dialog.getByRole("radio").first().focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Assign" }).click();
    await dialog.waitFor({ state: "hidden" });
    await selected.getByText("Offered").waitFor({ timeout: 10_000 });

    await step(page, "Cancel order", "The shop is closed");
    await page.getByText("This order is no longer in the list").waitFor({ timeout: 10_000 });
    expectNoComplaints(page);
    await page.context().close();
  },
);

test.skipIf(program === null)("a dispatcher drags a waiting order onto a courier of the map", async () => {
  const order = await ordered();
  const page = await signedIn(browser, { url, user: "dispatcher1", path: `/dispatch/map?selected=order:${order}` });
  await page.getByRole("region", { name: "Selected" }).getByText("Waiting").waitFor();
  // The courier may have nothing in hand but declined this order, so that only the dispatcher offers it again.
  const courier = await onDuty();
  await courier.call("POST", "/v1/courier/orders/decline", { order_id: order, courier_id: courier.id });
  await page.getByRole("region", { name: "Selected" }).getByText("Waiting").waitFor({ timeout: 10_000 });
  await page.goto(`${url}/dispatch/map?list=order&selected=courier:${courier.id}`);
  await page.locator("[data-drawn=true]").waitFor();
  const row = page.getByRole("row", { name: /Grote Markt 1/ });
  await row.waitFor();
  const target = await courierOnMap(page);
  await row.hover();
  await page.mouse.down();
  await page.mouse.move(target.x - 30, target.y, { steps: 5 });
  await page.mouse.move(target.x, target.y, { steps: 5 });
  await page.mouse.up();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Assign" }).click();
  await dialog.waitFor({ state: "hidden" });
  await row.getByText("Offered").waitFor({ timeout: 10_000 });
  expect(page.url()).not.toContain("order=");
  expectNoComplaints(page);
  await page.context().close();
});

/** Find the courier by pointing along the map: what is under the pointer is named. */
async function courierOnMap(page: Page): Promise<{ x: number; y: number }> {
  const box = await page.getByRole("region", { name: "Map of couriers and orders" }).boundingBox();
  if (box === null) throw new Error("There is no map.");
  for (let y = box.y + 40; y < box.y + box.height; y += 9) {
    for (let x = box.x + 40; x < box.x + box.width; x += 9) {
      await page.mouse.move(x, y);
      if (await page.locator(".maplibregl-popup").getByText("Free").isVisible()) return { x, y };
    }
  }
  throw new Error("The courier is not on the map.");
}
