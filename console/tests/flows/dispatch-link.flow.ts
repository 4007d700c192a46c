import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { browserProgram, launch, openPage, signedIn } from "../support/browser";
import { expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { deliveries } from "../support/deliveries";

const program = browserProgram();
const url = inject("url");
const { order, end } = deliveries(url);
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());
afterEach(end);

/** In a city of its own, where nobody is on duty. */
const ORDER = {
  pickup_address: "Markt 87, Delft",
  dropoff_address: "Oude Delft 95, Delft",
  receiver_phone: "+31155550207",
  pickup_lat: 52.0116,
  pickup_lng: 4.3571,
  dropoff_lat: 52.0104,
  dropoff_lng: 4.3555,
};

test.skipIf(program === null)("a dispatcher makes a link for the receiver, and withdraws it", async () => {
  const { id } = await order("customer2", ORDER);
  const page = await signedIn(browser, { url, user: "dispatcher1", path: `/dispatch/orders?order=${id}` });
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = page.getByText(/\/track#/);
  await link.waitFor();
  const address = (await link.textContent()) ?? "";
  await link.scrollIntoViewIfNeeded();
  await picture(page, "dispatch-link-light-desktop");
  await expectAccessible(page);

  const receiver = await openPage(browser, { url });
  await receiver.goto(address);
  await receiver.getByText("Oude Delft 95, Delft").waitFor();

  await page.getByRole("button", { name: "Withdraw the link" }).click();
  await page.getByRole("dialog").last().getByRole("button", { name: "Withdraw the link" }).click();
  await page.getByRole("button", { name: "Make a link" }).waitFor();
  await page.getByText("Tracking link withdrawn").waitFor();
  const response = receiver.waitForResponse((read) => read.url().includes("/v1/track/"));
  await receiver.reload();
  expect((await response).status()).toBe(404);
  expectNoComplaints(page);
  await receiver.context().close();
  await page.context().close();
});
