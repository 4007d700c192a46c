import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints, picture } from "../support/checks";
import { deliveries } from "../support/deliveries";

const program = browserProgram();
const url = inject("url");
const { onDuty, order, carry, end } = deliveries(url);
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());
afterEach(end);

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
async function begin(): Promise<string> {
  await onDuty("courier2", 52.371, 4.893);
  await onDuty("courier3", 52.376, 4.893);
  return (await order("customer3", ORDER)).id;
}

test.skipIf(program === null)("an order and the couriers near it are found from the list and on the map", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map" });
  await page.getByRole("heading", { name: "Dispatch map" }).waitFor();
  const id = await begin();
  await page
    .getByRole("row", { name: /Rokin 5/ })
    .first()
    .click({ timeout: 10_000 });
  expect(page.url()).toContain(`selected=order%3A${id}`);
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
    const waiting = await order("customer2", FAR);
    const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/map" });
    const row = page.getByRole("row", { name: /Witte de Withstraat 50/ });
    await row.getByText("Waiting").waitFor();
    await picture(page, "dispatch-map-waiting-light-desktop");
    const courier = await onDuty("courier5", FAR.pickup_lat, FAR.pickup_lng);
    // An offer lasts seconds, which a slow machine may need to show it.
    await carry(courier, waiting, "accept");
    await row.getByText("Accepted").waitFor();
    expectNoComplaints(page);
    await page.context().close();
  },
);

test.skipIf(program === null)("the map and its list can be used by everybody, on every device", async () => {
  const id = await begin();
  await checkScreen(browser, url, {
    name: "dispatch-map",
    user: "dispatcher1",
    path: `/dispatch/map?selected=order:${id}`,
    ready: async (page) => {
      await page
        .getByRole("row", { name: /Rokin 5/ })
        .first()
        .waitFor();
      await page.locator("[data-drawn=true]").waitFor();
    },
  });
});

test.skipIf(program === null)("offline for a while and back, nothing that was typed is lost", async () => {
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
  const row = page.getByRole("row", { name: /Lotte Visser/ });
  const age = await row.textContent();
  // Its age rises every ten seconds.
  await expect.poll(() => row.textContent(), { timeout: 60_000 }).not.toBe(age);
  expect(await name.inputValue()).toBe("Lotte");
  await page.context().setOffline(false);
  await page.getByText("Connected again.").waitFor({ timeout: 20_000 });
  expect(await name.inputValue()).toBe("Lotte");
  expect(page.url()).toContain("q=Lotte");
  await page.getByRole("row", { name: /Lotte Visser/ }).waitFor();
  await page.context().close();
});
