import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

const ORDER = {
  pickup_address: "Rokin 5, Amsterdam",
  dropoff_address: "Sarphatipark 10, Amsterdam",
  receiver_phone: "+31205550203",
  pickup_lat: 52.3702,
  pickup_lng: 4.8926,
  dropoff_lat: 52.3545,
  dropoff_lng: 4.8962,
};

/** In another city, where no other flow has a courier. */
const FAR = {
  pickup_address: "Witte de Withstraat 50, Rotterdam",
  dropoff_address: "Coolsingel 40, Rotterdam",
  receiver_phone: "+31105550204",
  pickup_lat: 51.9153,
  pickup_lng: 4.4772,
  dropoff_lat: 51.9226,
  dropoff_lng: 4.4792,
};

/** Put two couriers on duty near the pickup, and create an order that one of them is offered. */
async function begin() {
  const couriers = [await person(url, "courier2"), await person(url, "courier3")];
  for (const [index, courier] of couriers.entries()) {
    await courier.call("POST", "/v1/courier/availability", { available: true });
    await courier.call("POST", "/v1/courier/location", { latitude: 52.371 + index / 200, longitude: 4.893 });
  }
  const customer = await person(url, "customer3");
  const { order } = await customer.call<{ order: { id: string } }>("POST", "/v1/orders", ORDER);
  return { order, customer };
}

test.skipIf(program === null)("an order and the couriers near it are found from the list and on the map", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map" });
  await page.getByRole("heading", { name: "Dispatch map" }).waitFor();
  const { order, customer } = await begin();
  await page
    .getByRole("row", { name: /Rokin 5/ })
    .first()
    .click({ timeout: 10_000 });
  expect(page.url()).toContain(`selected=order%3A${order.id}`);
  const selected = page.getByRole("region", { name: "Selected" });
  await selected.getByRole("button", { name: "Nearest free couriers" }).click();
  await page.getByText("Free couriers, nearest to the pickup first").waitFor();
  await page.getByRole("row", { name: /\d m$/ }).first().click();
  await page.waitForURL(/selected=courier/);
  await page.getByRole("button", { name: "All couriers" }).click();
  await page.getByRole("button", { name: /^Busy/ }).click();
  await page.getByRole("row", { name: /Busy/ }).first().waitFor();
  await customer.call("POST", "/v1/customer/orders/cancel", { order_id: order.id });
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("an order that waits for a courier stands first, until a courier takes it", async () => {
  const customer = await person(url, "customer2");
  const { order } = await customer.call<{ order: { id: string } }>("POST", "/v1/orders", FAR);
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map" });
  const row = page.getByRole("row").nth(1);
  await row.getByText("Waiting").waitFor();
  expect(await row.textContent()).toContain("Witte de Withstraat 50");
  await picture(page, "dispatch-map-waiting-light-desktop");
  const courier = await person(url, "courier5");
  await courier.call("POST", "/v1/courier/availability", { available: true });
  await courier.call("POST", "/v1/courier/location", { latitude: FAR.pickup_lat, longitude: FAR.pickup_lng });
  await page
    .getByRole("row", { name: /Witte de Withstraat 50/ })
    .getByText("Offered")
    .waitFor({ timeout: 25_000 });
  await customer.call("POST", "/v1/customer/orders/cancel", { order_id: order.id });
  await courier.call("POST", "/v1/courier/availability", { available: false });
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("the map and its list can be used by everybody, on every device", async () => {
  const { order, customer } = await begin();
  await checkScreen(browser, url, {
    name: "dispatch-map",
    user: "dispatcher1",
    path: `/dispatch/map?selected=order:${order.id}`,
    ready: async (page) => {
      await page
        .getByRole("row", { name: /Rokin 5/ })
        .first()
        .waitFor();
      await page.locator("[data-drawn=true]").waitFor();
    },
  });
  await customer.call("POST", "/v1/customer/orders/cancel", { order_id: order.id });
});

test.skipIf(program === null)("offline for 10 s and back, nothing that was typed is lost", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map?list=courier" });
  await page
    .getByRole("row", { name: /Lotte Visser|Sem Bakker/ })
    .first()
    .waitFor();
  await page.context().setOffline(true);
  const name = page.getByRole("searchbox", { name: "Name" });
  await name.fill("Lotte");
  await page.getByText("No connection to the server.", { exact: false }).first().waitFor({ timeout: 15_000 });
  await page.waitForTimeout(10_000);
  expect(await name.inputValue()).toBe("Lotte");
  await page.getByRole("row", { name: /Lotte Visser/ }).waitFor();
  await page.context().setOffline(false);
  await page.getByText("Connected again.").waitFor({ timeout: 20_000 });
  expect(await name.inputValue()).toBe("Lotte");
  expect(page.url()).toContain("q=Lotte");
  await page.getByRole("row", { name: /Lotte Visser/ }).waitFor();
  await page.context().close();
});
