import { randomUUID } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const user = "supervisor1";
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

/** Import an assignment of two lines that nobody claims: all others come before it. */
async function assignment(): Promise<string> {
  const supervisor = await person(url, user);
  const ref = `PS-${randomUUID().slice(0, 8)}`;
  const lines = [
    { line_number: 1, sku: "BISC-ALM", quantity: 4, location: "A-01-03", barcodes: [] },
    { line_number: 2, sku: "TEA-GREEN-LOOSE-LEAF-250G", quantity: 12, location: "A-12-01", barcodes: [] },
  ];
  const record = { assignment_ref: ref, customer: "Bakkerij Zonneveld", order_label: ref, role: "picker" };
  await supervisor.call("POST", "/v1/imports/pick-assignments", {
    records: [{ ...record, zone: "Ambient", route: "North 3", priority: 9999, lines }],
  });
  return ref;
}

test.skipIf(program === null)("a supervisor closes a line short, and finds it among the short lines", async () => {
  const ref = await assignment();
  const page = await signedIn(browser, { url, user, path: `/picking/assignments?assignment=${ref}` });
  const drawer = page.getByRole("dialog", { name: new RegExp(ref) });
  await drawer.getByRole("button", { name: "Close short: BISC-ALM at A-01-03" }).click();
  const dialog = page.getByRole("dialog", { name: "Close this line short?" });
  await dialog.getByRole("button", { name: "Close short", exact: true }).click();
  await dialog.getByText("Say why.").waitFor();
  await dialog.getByLabel("Reason").fill("The bin is empty, and the next delivery comes on Thursday.");
  await picture(page, "picking-short-light-desktop");
  await dialog.getByRole("button", { name: "Close short", exact: true }).click();
  await drawer.getByText("4 short").waitFor();
  expect(await drawer.getByRole("button", { name: "Close short: BISC-ALM at A-01-03" }).count()).toBe(0);
  await page.goto(`${url}/picking/shorts`);
  await page.getByRole("row", { name: new RegExp(`${ref}.*4 of 4.*The bin is empty`) }).waitFor();
  expectNoComplaints(page);
  await page.context().close();
  await checkScreen(browser, url, {
    name: "picking-shorts",
    user,
    path: "/picking/shorts",
    ready: (shown) => shown.getByRole("row", { name: new RegExp(ref) }).waitFor(),
  });
  await checkScreen(browser, url, {
    name: "picking-lines",
    user,
    path: `/picking/shorts?assignment=${ref}`,
    ready: (shown) => shown.getByRole("dialog").getByText("4 short").waitFor(),
  });
  const supervisor = await person(url, user);
  await supervisor.call("POST", `/assignments/${ref}/close`, { reason: "The flow is over." });
});
