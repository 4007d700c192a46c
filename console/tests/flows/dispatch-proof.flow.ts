import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints } from "../support/checks";
import { deliveries, type Order } from "../support/deliveries";

const program = browserProgram();
const url = inject("url");
const { onDuty, order, carry, end } = deliveries(url);
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());
afterEach(end);

const PHOTO = new URL("../../../infra/samples/fixed.jpg", import.meta.url).pathname;

/** In a city of its own. */
const ORDER = {
  pickup_address: "Vrijthof 1, Maastricht",
  dropoff_address: "Markt 78, Maastricht",
  receiver_phone: "+31435550206",
  pickup_lat: 50.8489,
  pickup_lng: 5.6881,
  dropoff_lat: 50.8514,
  dropoff_lng: 5.6909,
};

/** Create an order that is picked up, and return it as its customer reads it, and its courier. */
async function pickedUp(requirements: object): Promise<readonly [Order, Person]> {
  const courier = await onDuty("courier4", 50.849, 5.688);
  const placed = await order("customer1", { ...ORDER, requirements });
  await carry(courier, placed, "accept", "arrived", "picked");
  const customer = await person(url, "customer1");
  return [await customer.call<Order>("GET", `/v1/orders/${placed.id}`), courier];
}

async function photograph(courier: Person, { id }: Order): Promise<string> {
  const form = new FormData();
  form.set("file", new Blob([readFileSync(PHOTO)], { type: "image/jpeg" }), "door.jpg");
  return (await courier.call<{ id: string }>("POST", `/v1/orders/${id}/photos`, form)).id;
}

test.skipIf(program === null)(
  "the proof of a delivery is shown: its PIN, its photo, and who delivered it",
  async () => {
    const [placed, courier] = await pickedUp({ pin: true, photo: true });
    const proof = { pin: placed.delivery_pin, photo_id: await photograph(courier, placed) };
    await courier.call("POST", "/v1/courier/orders/delivered", { order_id: placed.id, courier_id: courier.id, proof });
    const path = `/dispatch/orders?order=${placed.id}`;
    const page = await signedIn(browser, { url, user: "dispatcher1", path });
    const detail = page.getByRole("dialog").filter({ hasText: "Proof of delivery" });
    await detail.getByText("Verified", { exact: true }).waitFor();
    await detail.getByText("1 photo", { exact: true }).waitFor();
    await detail.getByText("Delivered by").waitFor();
    await detail.getByRole("button", { name: "Open Delivery photo 1 in full size" }).click();
    const photo = page.getByRole("img", { name: "Delivery photo 1" });
    await expect.poll(() => photo.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
    await expectAccessible(page);
    expectNoComplaints(page);
    await page.context().close();
    await checkScreen(browser, url, {
      name: "dispatch-proof",
      user: "dispatcher1",
      path,
      ready: (shown) => shown.getByText("Verified", { exact: true }).waitFor(),
    });
  },
);

test.skipIf(program === null)("a dispatcher records a delivery with a reason, without the PIN", async () => {
  const [placed] = await pickedUp({ pin: true });
  const page = await signedIn(browser, { url, user: "dispatcher1", path: `/dispatch/orders?order=${placed.id}` });
  const detail = page.getByRole("dialog").filter({ hasText: "Proof of delivery" });
  await detail.getByText("Required", { exact: true }).waitFor();
  await detail.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Report delivered" }).click();
  const question = page.getByRole("dialog", { name: "Report the order as delivered" });
  await question.getByRole("button", { name: "Report delivered" }).click();
  await question.getByText("Say why.").waitFor();
  await question.getByLabel("Reason").fill("The receiver confirmed by telephone");
  await question.getByRole("button", { name: "Report delivered" }).click();
  await detail.getByText("Not verified", { exact: true }).waitFor();
  await detail.getByText("The receiver confirmed by telephone").waitFor();
  await detail.getByText("(you)").first().waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a failed delivery shows why, and who reported it", async () => {
  const [placed, courier] = await pickedUp({ photo: true });
  const page = await signedIn(browser, { url, user: "dispatcher1", path: `/dispatch/orders?order=${placed.id}` });
  const detail = page.getByRole("dialog").filter({ hasText: "Proof of delivery" });
  await detail.getByText("On the way").waitFor();
  await courier.call("POST", "/v1/courier/orders/undeliverable", {
    order_id: placed.id,
    courier_id: courier.id,
    reason: "Nobody opened the door",
    note: "Called twice",
  });
  await detail.getByText("Failed delivery").waitFor();
  await detail.getByText("Nobody opened the door").waitFor();
  await detail.getByText("Called twice").waitFor();
  await detail.getByText("Reported by").waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a dispatcher reports an order as undeliverable with a reason", async () => {
  const [placed] = await pickedUp({});
  const page = await signedIn(browser, { url, user: "dispatcher1", path: `/dispatch/map?selected=order:${placed.id}` });
  const selected = page.getByRole("region", { name: "Selected" });
  await selected.getByRole("button", { name: "Report undeliverable" }).click();
  const question = page.getByRole("dialog");
  await question.getByLabel("Reason").fill("The courier lost the goods");
  await question.getByRole("button", { name: "Report undeliverable" }).click();
  await question.waitFor({ state: "hidden" });
  await selected.getByText("Undeliverable", { exact: true }).waitFor();
  await selected.getByRole("button", { name: "Open order" }).click();
  await page.getByRole("dialog").getByText("The courier lost the goods").first().waitFor();
  expectNoComplaints(page);
  await page.context().close();
});
