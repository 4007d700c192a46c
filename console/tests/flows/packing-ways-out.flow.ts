import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { type Imported, PACK, packBox, shipmentFor } from "../support/shipments";

const program = browserProgram();
const url = inject("url");
const user = "supervisor1";
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

interface Work {
  supervisor: Person;
  packer: Person;
  shipment: Imported;
  id: string;
}

async function work(customer: string): Promise<Work> {
  const [supervisor, packer] = [await person(url, user), await person(url, "packer1")];
  const shipment = await shipmentFor(supervisor, customer);
  const { data } = await packer.call<{ data: { id: string } }>("GET", `${PACK}/lookup/${shipment.number}`);
  return { supervisor, packer, shipment, id: data.id };
}

test.skipIf(program === null)("a box that was opened by mistake is voided", async () => {
  const { packer, shipment, id } = await work("Bakkerij Zonneveld");
  await packer.call("POST", `${PACK}/box/create`, { shipment_id: id });
  const page = await signedIn(browser, { url, user, path: `/packing/shipments/${shipment.number}` });
  const boxes = page.getByRole("grid", { name: "Boxes" });
  await boxes.getByRole("row", { name: /Open/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Void box" }).click();
  const dialog = page.getByRole("dialog", { name: "Void this box?" });
  await picture(page, "packing-void-light-desktop");
  await dialog.getByRole("button", { name: "Void box" }).click();
  await page.getByText("No boxes yet").waitFor();
  await packBox(packer, shipment);
  // The number of a voided box is not used again.
  await boxes.getByRole("row", { name: /^2 ?Closed/ }).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a supervisor reopens a packed shipment, and cancels it", async () => {
  const { supervisor, packer, shipment, id } = await work("Hotel De Gouden Leeuw");
  await packBox(packer, shipment);
  await packer.call("POST", `${PACK}/complete`, { shipment_id: id, allow_partial: true });
  const page = await signedIn(browser, { url, user, path: `/packing/shipments/${shipment.number}` });
  const state = (name: string) => page.locator("header").getByText(name, { exact: true }).waitFor();
  await state("Packed");
  await page.getByRole("button", { name: "Reopen shipment" }).click();
  const reopen = page.getByRole("dialog", { name: "Reopen this shipment?" });
  await reopen.getByLabel("Reason").fill("The customer wants one case more.");
  await expectAccessible(page);
  await reopen.getByRole("button", { name: "Reopen shipment" }).click();
  await state("Packing");
  await page.getByRole("row", { name: /10 \/ 12 EA.*2 EA/ }).waitFor();

  await page.getByRole("button", { name: "Cancel shipment" }).click();
  const cancel = page.getByRole("dialog", { name: "Cancel this shipment?" });
  await cancel.getByRole("button", { name: "Cancel shipment" }).click();
  await cancel.getByText("Say why.").waitFor();
  await cancel.getByLabel("Reason").fill("The customer has withdrawn the order.");
  await picture(page, "packing-cancel-light-desktop");
  await cancel.getByRole("button", { name: "Cancel shipment" }).click();
  await state("Cancelled");
  await page.getByText("No boxes yet").waitFor();
  // What was packed is on the plate again.
  await page.getByRole("row", { name: /0 \/ 12 EA/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Line 1" }).getByRole("row", { name: /20 EA/ }).waitFor();
  await supervisor.call("GET", `${PACK}/shipments/${id}`);
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a step that is refused keeps its reason", async () => {
  const { supervisor, packer, shipment, id } = await work("Café Ñandú");
  await packBox(packer, shipment);
  await packer.call("POST", `${PACK}/complete`, { shipment_id: id, allow_partial: true });
  const page = await signedIn(browser, { url, user, path: `/packing/shipments/${shipment.number}` });
  await page.getByRole("button", { name: "Reopen shipment" }).click();
  const dialog = page.getByRole("dialog", { name: "Reopen this shipment?" });
  await dialog.getByLabel("Reason").fill("One case more.");
  await supervisor.call("POST", `${PACK}/shipments/${id}/cancel`, { reason: "Withdrawn." });
  await page.locator("header").getByText("Cancelled", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Reopen shipment" }).click();
  await dialog.getByText("SHIPMENT_NOT_REOPENABLE").waitFor();
  expect(await dialog.getByLabel("Reason").inputValue()).toBe("One case more.");
  expectNoComplaints(page, "400");
  await page.context().close();
});

test.skipIf(program === null)("the packing slip is saved as a PDF", async () => {
  const { packer, shipment } = await work("Schoolmaaltijd Utrecht");
  await packBox(packer, shipment);
  const page = await signedIn(browser, { url, user, path: `/packing/shipments/${shipment.number}` });
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Packing slip" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toBe(`packing-slip-${shipment.number}.pdf`);
  expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe("%PDF-");
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("the ways out can be used by everybody, on every device", async () => {
  const { packer, shipment, id } = await work(`Schoolmaaltijd ${"Utrecht-Overvecht ".repeat(8)}`);
  await packBox(packer, shipment);
  await packer.call("POST", `${PACK}/complete`, { shipment_id: id, allow_partial: true });
  await checkScreen(browser, url, {
    name: "packing-packed",
    user,
    path: `/packing/shipments/${shipment.number}`,
    ready: (page) => page.getByRole("button", { name: "Reopen shipment" }).waitFor(),
  });
  const { lines } = await packer.call<{ lines: { id: string }[] }>("GET", `${PACK}/shipments/${id}`);
  await checkScreen(browser, url, {
    name: "packing-line",
    user,
    path: `/packing/shipments/${shipment.number}?line=${lines[0]?.id}`,
    ready: (page) => page.getByRole("dialog").getByText("2 EA", { exact: true }).waitFor(),
  });
});
