import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { buildPack, type Made, startLine } from "../support/line";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

const GOOD = {
  Voltage: { value: 7.4, unit: "V" },
  Resistance: { value: 12, unit: "mOhm" },
  Capacity: { value: 5, unit: "Ah" },
};

/** Build and ship a pack of four cells of one lot; return the run. */
async function shipPack(): Promise<string> {
  const line = await startLine(url);
  const packId = await buildPack(line, 1);
  const qa = await person(url, "qa1");
  await qa.call("PATCH", `/v1/packs/${packId}/disposition`, { disposition: "PASS", measurements: GOOD });
  await line.production.call("PATCH", `/v1/packs/${packId}/ship`, { customer: "Northwind Energy", order: "PO-7731" });
  return line.run;
}

test.skipIf(program === null)(
  "QA opens a recall case, names the customer, deals with the units and closes it",
  async () => {
    const run = await shipPack();
    const page = await signedIn(browser, { url, user: "qa1", path: "/trace/recalls" });
    await page.getByRole("button", { name: "Open a recall case" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill(`Separator of ${run} is damaged`);
    await dialog.getByRole("button", { name: "Open case" }).click();
    await dialog.getByText("Give at least one lot or serial number.").waitFor();
    await dialog.getByLabel("Lots, one per line").fill(`lot-${run.toLowerCase()}\nLOT-NEVER`);
    await dialog.getByLabel("Serial numbers, one per line").fill(`P-${run}-1\nC-never-${run}`);
    await expectAccessible(page);
    await picture(page, "recall-open-light-desktop");
    await dialog.getByRole("button", { name: "Open case" }).click();

    await page.getByRole("heading", { name: /^Recall case / }).waitFor();
    const units = page.getByRole("grid", { name: "Affected units" });
    await units.getByText(`C-${run}-111`).waitFor();
    await units.getByText("Northwind Energy, order PO-7731").first().waitFor();
    await page.getByText("LOT-NEVER", { exact: true }).waitFor();
    await page.getByText(`C-never-${run}`, { exact: true }).waitFor();
    await page.getByText("5 / 5").waitFor();
    const address = new URL(page.url()).pathname.replace(/^\/console/, "");

    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as CSV" }).click(),
    ]);
    const csv = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    expect(csv.length).toBe(6);
    expect(csv[0]).toContain("customer");
    expect(csv.filter((row) => row.includes("Northwind Energy")).length).toBe(5);

    await page.getByRole("button", { name: `Mark C-${run}-111 as dealt with` }).click();
    await dialog.getByRole("button", { name: "Mark as dealt with" }).click();
    await page.getByText("1 / 5").waitFor();
    await page.getByRole("button", { name: "Mark these 4 as dealt with" }).click();
    await dialog.getByLabel("Reason").fill("The pack was replaced");
    await dialog.getByRole("button", { name: "Mark as dealt with" }).click();
    await page.getByText("5 / 5").nth(1).waitFor();
    await page.getByRole("button", { name: `Take back the mark of C-${run}-111` }).click();
    await page.getByText("4 / 5").waitFor();
    await expectAccessible(page);
    await picture(page, "recall-case-light-desktop");

    await page.getByRole("button", { name: "Close case" }).click();
    await dialog.getByLabel("Reason").fill("The customer confirmed");
    await dialog.getByRole("button", { name: "Close case" }).click();
    await page.getByText("The recall case was closed.").waitFor();
    await page.getByText("The customer confirmed").waitFor();
    expectNoComplaints(page);
    await page.context().close();
    await checkScreen(browser, url, {
      name: "recall-case",
      user: "viewer1",
      path: address,
      ready: async (shown) => await shown.getByText(`C-${run}-111`).first().waitFor(),
    });
  },
);

test.skipIf(program === null)("a phone cancels a case that was opened by mistake", async () => {
  const run = await shipPack();
  const qa = await person(url, "qa1");
  const made = await qa.call<Made>("POST", "/v1/recalls", { reason: `Mistake ${run}`, lots: [`LOT-${run}`] });
  const page = await signedIn(browser, {
    url,
    user: "qa1",
    path: `/trace/recalls?q=mistake%20${run}`,
    size: PHONE,
    isMobile: true,
  });
  await page.getByText(`Mistake ${run}`).click();
  await page.waitForURL(`**/trace/recalls/${made.data.id}`);
  await page.getByText(`C-${run}-122`).waitFor();
  await page.getByRole("button", { name: "Cancel case" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("Wrong lot");
  await dialog.getByRole("button", { name: "Cancel case" }).click();
  await page.getByText("The recall case was canceled.").waitFor();
  await page.getByText("Wrong lot").waitFor();
  await expectAccessible(page);
  await picture(page, "recall-canceled-light-phone");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
  expectNoComplaints(page);
  await page.context().close();
});
