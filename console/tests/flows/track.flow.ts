import { statSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, openPage, PHONE } from "../support/browser";
import { expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const DIST = new URL("../../dist/", import.meta.url).pathname;
/** What the page may load, uncompressed. */
const LARGEST = 16 * 1024;
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

// Far from where other flows place their orders and have their couriers.
const ORDER = {
  pickup_address: "Grote Markt 1, Groningen",
  dropoff_address: "Oosterstraat 12, Groningen",
  receiver_phone: "+31205550207",
  pickup_lat: 53.2194,
  pickup_lng: 6.5665,
  dropoff_lat: 53.2201,
  dropoff_lng: 6.6102,
};

interface Link {
  token: string;
  url: string;
}

interface Delivery {
  customer: Person;
  courier: Person;
  id: string;
  link: Link;
}

async function delivery(): Promise<Delivery> {
  const courier = await person(url, "courier2");
  const customer = await person(url, "customer2");
  await courier.call("POST", "/v1/courier/availability", { available: true });
  await courier.call("POST", "/v1/courier/location", { latitude: 53.2194, longitude: 6.57 });
  const { order } = await customer.call<{ order: { id: string } }>("POST", "/v1/orders", ORDER);
  const link = await customer.call<Link>("POST", `/v1/orders/${order.id}/tracking-link`);
  return { customer, courier, id: order.id, link };
}

async function openLink({ link }: Delivery, scheme: "light" | "dark" = "light"): Promise<Page> {
  const page = await openPage(browser, { url, size: PHONE, scheme });
  await page.goto(`${url}/track#${link.token}`);
  return page;
}

function says(page: Page, text: string | RegExp): Promise<void> {
  return page.getByRole("status").getByText(text).waitFor({ timeout: 15_000 });
}

test.skipIf(program === null)("a receiver follows an order until it is delivered, without signing in", async () => {
  const followed = await delivery();
  const { courier, id } = followed;
  expect(new URL(followed.link.url).pathname).toBe("/track");
  const page = await openLink(followed);
  const requested: string[] = [];
  page.on("request", (request) => requested.push(`${request.url()} ${request.headers().referer ?? ""}`));
  await says(page, "We are looking for a courier.");
  for (const [step, shown] of [
    ["accept", /is on the way to the pickup\.$/],
    ["arrived", /is at the pickup\.$/],
    ["picked", /is on the way to you\.$/],
  ] as const) {
    await courier.call("POST", `/v1/courier/orders/${step}`, { order_id: id, courier_id: courier.id });
    await says(page, shown);
  }
  await page.getByText("Oosterstraat 12, Groningen").waitFor();
  await page.getByText(/^\d\d:\d\d, in \d+ minutes$/).waitFor();
  expect(await page.getByRole("link", { name: "Show on OpenStreetMap" }).getAttribute("rel")).toContain("noreferrer");
  expect(await page.getByRole("listitem").and(page.locator("[aria-current=step]")).textContent()).toBe("On the way");
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await picture(page, `track-${scheme}-phone`);
    await expectAccessible(page);
  }
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(PHONE.width);

  await courier.call("POST", "/v1/courier/orders/delivered", { order_id: id, courier_id: courier.id });
  await says(page, "Your order has been delivered.");
  expect(await page.getByRole("link").count()).toBe(0);
  // Nothing but the API got the token, no other host got anything, and no request had a referrer.
  const isLocal = (text: string) => text.startsWith(url) || text.startsWith("data:");
  expect(requested.filter((text) => !isLocal(text) || !text.endsWith(" "))).toEqual([]);
  expect(requested.filter((text) => text.includes(followed.link.token) && !text.includes("/api/v1/track/"))).toEqual(
    [],
  );
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a link that is withdrawn, or no link at all, says so", async () => {
  const followed = await delivery();
  const page = await openLink(followed, "dark");
  await says(page, "We are looking for a courier.");
  await followed.customer.call("DELETE", `/v1/orders/${followed.id}/tracking-link`);
  await says(page, "This link has ended.");
  await picture(page, "track-ended-dark-phone");
  await expectAccessible(page);
  expect(await page.getByText("Oosterstraat").count()).toBe(0);
  await page.goto(`${url}/track#`);
  await says(page, "This link is not complete.");
  expectNoComplaints(page, "404");
  await followed.customer.call("POST", "/v1/customer/orders/cancel", { order_id: followed.id });
  await page.context().close();
});

test.skipIf(program === null)("a lost connection keeps what is known, and is made good", async () => {
  const followed = await delivery();
  const page = await openLink(followed);
  await says(page, "We are looking for a courier.");
  await page.context().setOffline(true);
  await page.getByRole("alert").getByText("No connection.").waitFor({ timeout: 15_000 });
  await page.getByText("Oosterstraat 12, Groningen").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("alert").waitFor({ state: "hidden", timeout: 20_000 });
  await followed.customer.call("POST", "/v1/customer/orders/cancel", { order_id: followed.id });
  await says(page, "This delivery was canceled.");
  await page.context().close();
});

test.skipIf(program === null)("the page is small and loads nothing but itself", async () => {
  const page = await openPage(browser, { url, size: PHONE });
  const loaded: string[] = [];
  page.on("response", (response) => loaded.push(new URL(response.url()).pathname));
  await page.goto(`${url}/track`, { waitUntil: "networkidle" });
  const files = loaded.map((path) => (path === "/track" ? "track.html" : path.slice(1)));
  expect(files.filter((file) => !/^(track\.html|icon\.svg|assets\/track-\w+\S*\.(js|css))$/.test(file))).toEqual([]);
  const bytes = files.reduce((sum, file) => sum + statSync(DIST + file).size, 0);
  expect(bytes).toBeLessThan(LARGEST);
  const policy = await page.locator("meta[http-equiv]").getAttribute("content");
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
  await page.context().close();
});
