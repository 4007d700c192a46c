import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { buildModule, buildPack, type Line, startLine } from "../support/line";

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

async function decide(packId: string, disposition: "PASS" | "FAIL"): Promise<void> {
  const qa = await person(url, "qa1");
  await qa.call("PATCH", `/v1/packs/${packId}/disposition`, { disposition, measurements: GOOD });
}

/** Take a step that asks for a reason, by keyboard. */
async function takeStep(page: Page, action: string, reason: string, done: string): Promise<void> {
  await page.getByRole("button", { name: action, exact: true }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: action, exact: true }).press("Enter");
  await page.getByText(done).waitFor();
  await dialog.waitFor({ state: "detached" });
}

async function openPack({ run }: Line, packId: string, size?: typeof PHONE): Promise<Page> {
  const page = await signedIn(browser, {
    url,
    user: "production1",
    path: `/line/packs/${packId}`,
    ...(size === undefined ? {} : { size, isMobile: true }),
  });
  await page.getByRole("heading", { name: `Pack P-${run}-1` }).waitFor();
  return page;
}

test.skipIf(program === null)("a pack fails, gets another module, passes, is shipped and comes back", async () => {
  const line = await startLine(url);
  const { run } = line;
  const packId = await buildPack(line, 1);
  await buildModule(line, "spare");
  await decide(packId, "FAIL");
  const page = await openPack(line, packId);
  const history = page.getByRole("list", { name: "History" });
  await takeStep(page, "Rework", "Connector of module 11 is loose", "The pack is in rework.");
  await history.getByText("Connector of module 11 is loose").waitFor();

  // A scanner types the serial number and sends Enter, which chooses the module.
  await page.getByRole("button", { name: `Swap module M-${run}-11` }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: new RegExp(`M-${run}-spare`) }).waitFor();
  await expectAccessible(page);
  await dialog.getByLabel("Serial number of the module").fill(`M-${run}-spare`);
  await page.keyboard.press("Enter");
  await expect
    .poll(() => dialog.getByRole("radio", { name: new RegExp(`M-${run}-spare`) }).getAttribute("aria-checked"))
    .toBe("true");
  await picture(page, "line-swap-light-desktop");
  await page.keyboard.press("Enter");
  await page.getByText("The module was swapped.").waitFor();
  await page.getByRole("grid", { name: "Modules" }).getByText(`M-${run}-spare`).waitFor();
  await history.getByText("Taken out").waitFor();
  await history.getByText(`M-${run}-11`).waitFor();

  await page.getByRole("button", { name: "Seal pack" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Seal pack" }).click();
  await page.getByText("The pack was sealed.").waitFor();
  await decide(packId, "PASS");

  await page.getByRole("button", { name: "Ship", exact: true }).click({ timeout: 15_000 });
  await dialog.getByRole("button", { name: "Ship", exact: true }).click();
  await dialog.getByText("Type the customer.").waitFor();
  await dialog.getByLabel("Customer", { exact: true }).fill("Northwind <b>Energy</b>");
  await dialog.getByLabel("Order of the customer").fill("PO-7731");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Ship", exact: true }).click();
  await page.getByText("The pack was shipped.").waitFor();
  await history.getByText("To Northwind <b>Energy</b>, order PO-7731").waitFor();

  await takeStep(page, "Register return", "It makes a noise", "The return was registered.");
  await history.getByText("It makes a noise").waitFor();
  for (const entry of ["Rework began", "Sealed, before the rework", "Failed", "Passed", "Shipped", "Returned"]) {
    expect(await history.getByText(entry, { exact: true }).count()).toBeGreaterThan(0);
  }
  await expectAccessible(page);
  await picture(page, "line-returned-light-desktop");
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a phone voids a pack and scraps its module, and says why not before", async () => {
  const line = await startLine(url);
  const { run } = line;
  const packId = await buildPack(line, 1);
  const page = await openPack(line, packId, PHONE);
  await expectAccessible(page);
  await page.getByRole("grid", { name: "Modules" }).getByText(`M-${run}-11`).click();
  await page.getByRole("heading", { name: `Module M-${run}-11` }).waitFor();
  await page.getByRole("button", { name: "Scrap module" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("are scrapped too").check();
  await dialog.getByLabel("Reason").fill("Dropped");
  await dialog.getByRole("button", { name: "Scrap module" }).click();
  await dialog.getByText("This is not possible yet:").waitFor();
  await picture(page, "line-scrap-refused-light-phone");
  await expectAccessible(page);
  await dialog.getByRole("link", { name: "Show the pack" }).click();

  await page.getByRole("heading", { name: `Pack P-${run}-1` }).waitFor();
  await takeStep(page, "Void pack", "Made twice", "The pack was voided.");
  await page.getByText("2 modules were freed").waitFor();
  await picture(page, "line-voided-light-phone");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
  await page.goto(`${url}/line/modules?q=M-${run}-11`);
  await page.getByText(`M-${run}-11`).click();
  await page.getByRole("button", { name: "Scrap module" }).click();
  expect(await dialog.getByLabel("Reason").inputValue()).toBe("Dropped");
  await dialog.getByLabel("are scrapped too").check();
  await dialog.getByRole("button", { name: "Scrap module" }).click();
  await page.getByText("The module was scrapped.").waitFor();
  await page.getByRole("list", { name: "History" }).getByText("Dropped").waitFor();
  expectNoComplaints(page, "409");
  await page.context().close();
});

test.skipIf(program === null)(
  "cells are bound by scanning and unbound, and a return is registered by its serial",
  async () => {
    const line = await startLine(url);
    const { run, batchId, production } = line;
    const packId = await buildPack(line, 1);
    await decide(packId, "PASS");
    await production.call("PATCH", `/v1/packs/${packId}/ship`, { customer: "Northwind" });
    const made = await production.call<{ data: { id: string } }>("POST", "/v1/modules", {
      batchId,
      serial: `M-${run}-X`,
    });
    const page = await signedIn(browser, { url, user: "production1", path: `/line/modules/${made.data.id}` });
    const serial = page.getByLabel("Serial number of the cell");
    await page.getByLabel("Lot", { exact: true }).fill(`LOT-${run}`);
    // It is in another module.
    await serial.fill(`C-${run}-111`);
    await page.keyboard.press("Enter");
    await page.getByText(`C-${run}-111, as a cell`).waitFor();
    await page.getByRole("link", { name: "Show the module" }).waitFor();
    expect(await serial.inputValue()).toBe(`C-${run}-111`);
    await serial.fill(`C-${run}-X1`);
    await page.keyboard.press("Enter");
    await page.getByText(`C-${run}-X1 was bound.`).waitFor();
    expect(await serial.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await serial.inputValue()).toBe("");
    await page.keyboard.type(`C-${run}-X2`);
    await page.keyboard.press("Enter");
    await page.getByText(`C-${run}-X2 was bound.`).waitFor();
    await picture(page, "line-module-open-light-desktop");
    await expectAccessible(page);
    await page.getByRole("button", { name: `Unbind cell C-${run}-X1` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Unbind" }).click();
    await page.getByText("The cell was unbound.").waitFor();
    await page.getByRole("list", { name: "History" }).getByText("Taken out").waitFor();

    await page.goto(`${url}/line/packs`);
    await page.getByRole("button", { name: "Register return" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Serial number of the pack").fill(`P-${run}-1`);
    await dialog.getByLabel("Reason").fill("Wrong address");
    await dialog.getByRole("button", { name: "Register return" }).click();
    await page.getByRole("heading", { name: `Pack P-${run}-1` }).waitFor();
    await page.getByText("Wrong address").waitFor();
    expectNoComplaints(page, "409");
    await page.context().close();
  },
);
