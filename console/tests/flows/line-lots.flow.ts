import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { buildModule, type Made, startLine } from "../support/line";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

test.skipIf(program === null)("a lot is recorded and blocked, and the lot of a cell is corrected", async () => {
  const line = await startLine(url);
  const { run, batchId, production } = line;
  const page = await signedIn(browser, { url, user: "production1", path: "/trace/lots" });
  await page.getByRole("button", { name: "Record a lot" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Lot", { exact: true }).fill(`BAD-${run}`);
  await dialog.getByLabel("Supplier", { exact: true }).fill("Cells & Co");
  await dialog.getByLabel("Cells received").fill("4800");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Record lot" }).click();
  await page.getByText("The lot was recorded.").waitFor();
  await page.context().close();

  const qa = await signedIn(browser, { url, user: "qa1", path: "/trace/lots" });
  await qa.getByRole("button", { name: `Block lot BAD-${run}` }).press("Enter");
  await qa.getByRole("dialog").getByLabel("Reason").fill("Swollen cells");
  await qa.getByRole("dialog").getByRole("button", { name: "Block" }).press("Enter");
  await qa.getByText("The lot was blocked.").waitFor();
  await qa.getByRole("row", { name: new RegExp(`BAD-${run}.*Blocked`) }).waitFor();
  await picture(qa, "line-lots-light-desktop");

  // The lot of a cell in a sealed module is corrected, and its history says so.
  const moduleId = await buildModule(line, "11");
  await qa.goto(`${url}/line/modules/${moduleId}`);
  await qa.getByRole("button", { name: `Correct the lot of cell C-${run}-111` }).click();
  await qa.getByRole("dialog").getByLabel("Right lot").fill(`OTHER-${run}`);
  await qa.getByRole("dialog").getByLabel("Reason").fill("The label was misread");
  await expectAccessible(qa);
  await qa.getByRole("dialog").getByRole("button", { name: "Correct lot" }).click();
  await qa.getByText("The lot was corrected.").waitFor();
  await qa.getByRole("list", { name: "History" }).getByText("The label was misread").waitFor();
  await qa.getByRole("grid", { name: "Cells" }).getByText(`OTHER-${run}`).waitFor();

  // A cell of a blocked lot is not bound; the form says why.
  const made = await production.call<Made>("POST", "/v1/modules", { batchId, serial: `M-${run}-X` });
  const form = await signedIn(browser, {
    url,
    user: "production1",
    path: `/line/modules/${made.data.id}`,
    size: PHONE,
    isMobile: true,
  });
  await form.getByLabel("Lot", { exact: true }).fill(`BAD-${run}`);
  await form.getByLabel("Serial number of the cell").fill(`C-${run}-X1`);
  await form.keyboard.press("Enter");
  await form.getByText("LOT_BLOCKED").waitFor();
  await form.getByText(/Swollen cells/).waitFor();
  expectNoComplaints(qa);
  expectNoComplaints(form, "409");
});

test.skipIf(program === null)("a batch without packs is voided with a reason", async () => {
  const { batchId } = await startLine(url);
  const page = await signedIn(browser, { url, user: "production1", path: `/line/batches/${batchId}` });
  await page.getByRole("button", { name: "Void batch" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Void batch" }).click();
  await dialog.getByText("Say why.").waitFor();
  await dialog.getByLabel("Reason").fill("Started by mistake");
  await dialog.getByRole("button", { name: "Void batch" }).click();
  await page.getByText("The batch was voided.").waitFor();
  await page.getByRole("list", { name: "History" }).getByText("Started by mistake").waitFor();
  expect(await page.getByRole("button", { name: "Void batch" }).count()).toBe(0);
  expectNoComplaints(page);
});

test.skipIf(program === null)("the lots of cells can be used by everybody, on every device", async () => {
  const production = await person(url, "production1");
  const lot = `LOT-${Date.now().toString(36)}`;
  await production.call("POST", "/v1/cell-lots", { lot, supplier: "Cells & Co", quantity: 4800 });
  await checkScreen(browser, url, {
    name: "line-lots",
    user: "qa1",
    path: "/trace/lots",
    ready: (page) => page.getByText(lot).waitFor(),
  });
});
