import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints } from "../support/checks";
import { deliveries } from "../support/deliveries";

const program = browserProgram();
const url = inject("url");
const { onDuty, order, end } = deliveries(url);
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterEach(end);
afterAll(async () => await browser?.close());

const ORDER = {
  pickup_address: "Dam 1, Amsterdam",
  dropoff_address: "A very long name of a street that no column can hold 1234, Amsterdam-Duivendrecht",
  receiver_phone: "+31205550201",
  notes: "Ring twice. <b>Fragile</b>",
  pickup_lat: 52.3731,
  pickup_lng: 4.8926,
  dropoff_lat: 52.3584,
  dropoff_lng: 4.8811,
};

test.skipIf(program === null)("a dispatcher watches an order from its creation to its delivery", async () => {
  const courier = await onDuty("courier1", 52.372, 4.8935);
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/orders" });

  const { id } = await order("customer1", ORDER);
  const row = page.getByRole("row", { name: /Dam 1/ }).first();
  await row.getByText("Offered").waitFor({ timeout: 10_000 });
  await row.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await drawer.getByText("Ring twice. <b>Fragile</b>").waitFor();

  for (const [step, shown] of [
    ["accept", "Accepted by the courier"],
    ["arrived", "Courier arrived at the pickup"],
    ["picked", "Picked up"],
    ["delivered", "Delivered"],
  ] as const) {
    await courier.call("POST", `/v1/courier/orders/${step}`, { order_id: id, courier_id: courier.id });
    await drawer.getByRole("list").getByText(shown, { exact: true }).waitFor({ timeout: 10_000 });
  }
  expect(page.url()).toContain(`order=${id}`);
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("filters stand in the address and survive a reload", async () => {
  await order("customer2", ORDER);
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/orders" });
  await page.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Canceled by customer" }).click();
  // No flow cancels an order at a time to come.
  await page.getByLabel("From").fill("2099-01-01T00:00");
  await page.getByText("Nothing matches these filters").waitFor();
  expect(page.url()).toContain("status=canceled_by_customer");
  await page.reload();
  await page.getByText("Nothing matches these filters").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  // The first row is the header; which order comes first depends on the flows before.
  await page.getByRole("row").nth(1).waitFor();
  expect(page.url()).not.toContain("status=");
  await page.context().close();
});

test.skipIf(program === null)("the list and an order can be used by everybody, on every device", async () => {
  const { id } = await order("customer2", ORDER);
  await checkScreen(browser, url, {
    name: "dispatch-orders",
    user: "dispatcher1",
    path: "/dispatch/orders",
    ready: (page) => page.getByRole("row", { name: /Dam 1/ }).first().waitFor(),
  });
  await checkScreen(browser, url, {
    name: "dispatch-order",
    user: "dispatcher1",
    path: `/dispatch/orders?order=${id}`,
    ready: async (page) => {
      await page.getByRole("dialog").getByText("Created", { exact: true }).first().waitFor();
      await page.locator("[data-drawn=true]").waitFor();
    },
  });
});
