import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const PACK = "/shipping/scanner/pack";
/** Boards show a change within three seconds; the rest is for a loaded machine. */
const LIVE_MS = 3_000;
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

interface Imported {
  number: string;
  plate: string;
}

/** Import a shipment of one line with its license plate, so that each flow has its own. */
async function shipmentFor(supervisor: Person, customer: string): Promise<Imported> {
  const unique = `${Date.now()}`.slice(-6);
  const [number, plate] = [`SH-${unique}`, `LP-${unique}`];
  const product = {
    sku: `TEA-${unique}`,
    product_name: "Green tea, loose leaf, in tins of 250 g with a very long name",
  };
  await supervisor.call("POST", "/v1/imports/shipments", {
    records: [
      {
        shipment_number: number,
        so_number: `SO-${unique}`,
        customer_name: customer,
        allergen_restrictions: ["nuts"],
        promised_ship_date: "2020-01-31",
        lines: [{ line_number: 1, ...product, quantity: 12, uom: "EA", unit_weight: 0.3 }],
      },
    ],
  });
  await supervisor.call("POST", "/v1/imports/license-plates", {
    records: [
      {
        lp_number: plate,
        ...product,
        quantity: 20,
        lot_number: "L-77",
        allocations: [{ shipment_number: number, line_number: 1 }],
      },
    ],
  });
  return { number, plate };
}

interface Lookup {
  data: { id: string; so_line_id: string; lp: { id: string } };
}

/** Pack as a packer's scanner does: look up, open a box, pack, close. */
async function packBox(packer: Person, { number, plate }: Imported): Promise<string> {
  const { data: shipment } = await packer.call<Lookup>("GET", `${PACK}/lookup/${number}`);
  const { data } = await packer.call<Lookup>("GET", `${PACK}/lookup/${plate}?shipment_id=${shipment.id}`);
  const box = await packer.call<{ id: string }>("POST", `${PACK}/box/create`, { shipment_id: shipment.id });
  await packer.call("POST", PACK, {
    shipment_id: shipment.id,
    box_id: box.id,
    license_plate_id: data.lp.id,
    so_line_id: data.so_line_id,
    quantity: 10,
  });
  await packer.call("POST", `${PACK}/box/close`, { box_id: box.id, weight: 3.4, length: 40, width: 30, height: 20 });
  return box.id;
}

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
  expectNoComplaints(page);
  await page.context().close();
});

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
