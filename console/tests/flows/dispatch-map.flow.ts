import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
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

/** What undoes a flow, so that its couriers and orders are in nobody's way. */
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
});

async function onDuty(username: string, latitude: number, longitude: number): Promise<Person> {
  const courier = await person(url, username);
  await courier.call("POST", "/v1/courier/availability", { available: true });
  undo.push(() => courier.call("POST", "/v1/courier/availability", { available: false }));
  await courier.call("POST", "/v1/courier/location", { latitude, longitude });
  return courier;
}

async function ordered(username: string, body: object): Promise<string> {
  const customer = await person(url, username);
  const { order } = await customer.call<{ order: { id: string } }>("POST", "/v1/orders", body);
  undo.push(() => customer.call("POST", "/v1/customer/orders/cancel", { order_id: order.id }));
  return order.id;
}

/** Put two couriers on duty near the pickup, and create an order that one of them is offered. */
async function begin(): Promise<string> {
  await onDuty("courier2", 52.371, 4.893);
  await onDuty("courier3", 52.376, 4.893);
  return await ordered("customer3", ORDER);
}

test.skipIf(program === null)("an order and the couriers near it are found from the list and on the map", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map" });
  await page.getByRole("heading", { name: "Dispatch map" }).waitFor();
  const order = await begin();
  await page
    .getByRole("row", { name: /Rokin 5/ })
    .first()
    .click({ timeout: 10_000 });
  expect(page.url()).toContain(`selected=order%3A${order}`);
  const selected = page.getByRole("region", { name: "Selected" });
  await selected.getByRole("button", { name: "Nearest free couriers" }).click();
  await page.getByText("Free couriers, nearest to the pickup first").waitFor();
  await page.getByRole("row", { name: /\d m$/ }).first().click();
  await page.waitForURL(/selected=courier/);
  await page.getByRole("button", { name: "All couriers" }).click();
  await page.getByRole("button", { name: /^Busy/ }).click();
  await page.getByRole("row", { name: /Busy/ }).first().waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)(
  "an order that waits for a courier is told from others, until a courier takes it",
  async () => {
    await ordered("customer2", FAR);
    const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map" });
    const row = page.getByRole("row", { name: /Witte de Withstraat 50/ });
    await row.getByText("Waiting").waitFor();
    await picture(page, "dispatch-map-waiting-light-desktop");
    await onDuty("courier5", FAR.pickup_lat, FAR.pickup_lng);
    await row.getByText("Offered").waitFor({ timeout: 25_000 });
    expectNoComplaints(page);
    await page.context().close();
  },
);

test.skipIf(program === null)("the map and its list can be used by everybody, on every device", async () => {
  const order = await begin();
  await checkScreen(browser, url, {
    name: "dispatch-map",
    user: "dispatcher1",
    path: `/dispatch/map?selected=order:${order}`,
    ready: async (page) => {
      await page
        .getByRole("row", { name: /Rokin 5/ })
        .first()
        .waitFor();
      await page.locator("[data-drawn=true]").waitFor();
    },
  });
});

test.skipIf(program === null)("offline for 10 s and back, nothing that was typed is lost", async () => {
  await onDuty("courier2", 52.371, 4.893);
  await onDuty("courier3", 52.376, 4.893);
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
