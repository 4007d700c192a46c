import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { type Imported, PACK, packBox, shipmentFor } from "../support/shipments";

const program = browserProgram();
const url = inject("url");
/** Boards show a change within three seconds; the rest is for a loaded machine. */
const LIVE_MS = 3_000;
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

async function imported(customer: string): Promise<{ supervisor: Person; packer: Person; shipment: Imported }> {
  const supervisor = await person(url, "supervisor1");
  return { supervisor, packer: await person(url, "packer1"), shipment: await shipmentFor(supervisor, customer) };
}

test.skipIf(program === null)("a packer's label is previewed and printed", async () => {
  const { packer, shipment } = await imported("Café Ñandú ^XZ <b>");
  const page = await signedIn(browser, { url, user: "supervisor1", path: "/packing/shipments" });
  const row = page.getByRole("row", { name: new RegExp(shipment.number) });
  await row.getByText("Pending").waitFor();
  await row.focus();
  await page.keyboard.press("Enter");
  await page.getByText("No boxes yet").waitFor();

  await packBox(packer, shipment);
  const begun = Date.now();
  const box = page.getByRole("row", { name: /Closed/ });
  await box.waitFor();
  expect(Date.now() - begun).toBeLessThan(LIVE_MS + 1_500);
  await box.focus();
  await page.keyboard.press("Enter");
  const label = page.getByRole("img", { name: /Label of box 1 with the SSCC \d{18}/ });
  await label.waitFor();
  const text = (await label.textContent()) ?? "";
  for (const part of ["Café Ñandú ^XZ <b>", shipment.number, "10 EA", "3.4 kg", "(00)"]) expect(text).toContain(part);
  await page.getByRole("dialog").getByText("3.4 kg", { exact: true }).first().waitFor();
  await expectAccessible(page);
  await expectPrintedAlone(page);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download ZPL" }).click();
  expect((await saved).suggestedFilename()).toBe(`label-${shipment.number}-1.zpl`);
  await expectFinerLabel(page);
  expectNoComplaints(page);
  await page.context().close();
});

/** Expect that a printer of 300 dpi gets a label with more dots of the same size. */
async function expectFinerLabel(page: Page): Promise<void> {
  await page.getByRole("combobox", { name: "Printer" }).click();
  await page.getByRole("option", { name: "300 dpi" }).click();
  await page.locator("[role=dialog] svg[role=img][viewBox='0 0 1200 1800']").waitFor();
}

/** Expect that the printer gets one page of 4 by 6 inches, with nothing but the label. */
async function expectPrintedAlone(page: Page): Promise<void> {
  await page.emulateMedia({ media: "print" });
  expect(await page.getByRole("button", { name: "Print label" }).isVisible()).toBe(false);
  expect(await page.locator("body > div svg[role=img]").last().isVisible()).toBe(true);
  const file = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  expect(file.match(/\/Type \/Page\b/g)).toHaveLength(1);
  expect(file).toMatch(/\/MediaBox \[0 0 288 432\]/);
  await page.emulateMedia({ media: null });
}

test.skipIf(program === null)("a supervisor reopens a box with a reason, and completes a shipment", async () => {
  const { packer, shipment } = await imported("Hotel De Gouden Leeuw");
  const boxId = await packBox(packer, shipment);
  const page = await signedIn(browser, {
    url,
    user: "supervisor1",
    path: `/packing/shipments/${shipment.number}?box=${boxId}`,
  });
  await page.getByRole("button", { name: "Reopen box" }).click();
  const dialog = page.getByRole("dialog", { name: "Reopen this box?" });
  await dialog.getByRole("button", { name: "Reopen box" }).click();
  await dialog.getByText("Say why.").waitFor();
  await dialog.getByLabel("Reason").fill("One tin is dented.");
  await dialog.getByRole("button", { name: "Reopen box" }).click();
  await page.getByText("The label is made when the box is closed.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Complete shipment" }).click();
  const complete = page.getByRole("dialog", { name: "Complete this shipment?" });
  await complete.getByRole("button", { name: "Complete shipment" }).click();
  await complete.getByText("OPEN_BOXES").waitFor();
  await picture(page, "packing-complete-refused-light-desktop");
  await packer.call("POST", `${PACK}/box/close`, { box_id: boxId });
  await complete.getByLabel("Complete it although ordered items are missing").check();
  await complete.getByRole("button", { name: "Complete shipment" }).click();
  await page.locator("header").getByText("Packed", { exact: true }).waitFor();
  await page.getByText("10 / 12 EA").waitFor();
  expectNoComplaints(page, "400");
  await page.context().close();
});

test.skipIf(program === null)("a scanned number finds a shipment, and says what it found instead", async () => {
  const { packer, shipment } = await imported("Bakkerij Zonneveld");
  await packBox(packer, shipment);
  const page = await signedIn(browser, { url, user: "packer1", path: "/packing/shipments" });
  const input = page.getByLabel("Find by barcode");
  await input.fill("no such number");
  await page.keyboard.press("Enter");
  await page.getByText("No shipment, order, license plate or box has this barcode.").waitFor();
  expect(await input.inputValue()).toBe("no such number");
  await input.fill(shipment.plate);
  await page.keyboard.press("Enter");
  await page.getByText("This is a license plate.", { exact: false }).waitFor();
  await input.fill(shipment.number);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `Shipment ${shipment.number}` }).waitFor();
  await page.getByLabel("Look up a license plate").fill(shipment.plate);
  await page.keyboard.press("Enter");
  await page.getByText("Allocated", { exact: true }).waitFor();
  await page.context().close();
});

test.skipIf(program === null)("the screens of packing can be used by everybody, on every device", async () => {
  const { packer, shipment } = await imported(`Schoolmaaltijd ${"Utrecht-Overvecht ".repeat(8)}`);
  const boxId = await packBox(packer, shipment);
  const user = "supervisor1";
  await checkScreen(browser, url, {
    name: "packing-shipments",
    user,
    path: "/packing/shipments",
    ready: (page) => page.getByRole("row", { name: /SH-1002/ }).waitFor(),
  });
  await checkScreen(browser, url, {
    name: "packing-shipment",
    user,
    path: `/packing/shipments/${shipment.number}`,
    ready: (page) => page.getByRole("row", { name: /Closed/ }).waitFor(),
  });
  await checkScreen(browser, url, {
    name: "packing-box",
    user,
    path: `/packing/shipments/${shipment.number}?box=${boxId}`,
    ready: (page) => page.getByRole("img", { name: /Label of box 1/ }).waitFor(),
  });
});
