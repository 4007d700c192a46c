import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

async function createUnit(page: Page, kind: "module" | "pack", serial: string): Promise<void> {
  await page.getByRole("button", { name: `New ${kind}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Serial number").fill(serial);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: new RegExp(`${kind} ${serial}`, "i") }).waitFor();
}

test.skipIf(program === null)("a SKU is created, edited, activated and retired", async () => {
  const run = Date.now().toString(36).toUpperCase();
  const page = await signedIn(browser, { url, user: "shift1", path: "/line/skus" });
  await page.getByRole("link", { name: "New SKU" }).click();
  await page.getByRole("button", { name: "Create SKU" }).click();
  await page.getByText("Must not be empty.").first().waitFor();
  expect(
    await page
      .getByLabel("Name", { exact: false })
      .first()
      .evaluate((one) => one === document.activeElement),
  ).toBe(true);
  await page.getByLabel("Name").first().fill(`Module rack ${run}`);
  await page.getByLabel("Code", { exact: true }).fill(`MR-${run}`);
  await page.getByLabel("Chemistry").fill("LFP");
  await page.getByLabel("Cells per module").fill("1");
  await page.getByLabel("Modules per pack").fill("1");
  await page.getByLabel("Nominal voltage in V").fill("3,2");
  const tests = page.getByRole("region", { name: "Tests of a pack" });
  await tests.getByRole("button", { name: "Add a step" }).click();
  await tests.getByRole("textbox", { name: "Step" }).fill("EOL");
  await tests.getByRole("button", { name: "Add a limit" }).click();
  await tests.getByRole("textbox", { name: "Measurement" }).fill("Voltage");
  await tests.getByRole("textbox", { name: "Lowest" }).fill("3.0");
  await page.getByRole("button", { name: "Create SKU" }).click();
  await page.getByText("Give name, unit, and the lowest or the highest value.").waitFor();
  await tests.getByRole("textbox", { name: "Unit" }).fill("V");
  await picture(page, "line-sku-form-light-desktop");
  await expectAccessible(page);
  await page.setViewportSize(PHONE);
  await expectAccessible(page);
  await picture(page, "line-sku-form-light-phone");
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
  await page.reload();
  await page.getByRole("button", { name: "Create SKU" }).click();
  await page.getByRole("heading", { name: `Module rack ${run}` }).waitFor();
  await page.getByRole("region", { name: "Tests of a pack" }).getByText("at least 3.0 V").waitFor();

  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("GTIN of packs").fill("09506000134353");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByText("must end in the right check digit").waitFor();
  await page.getByLabel("GTIN of packs").fill("09506000134352");
  await page.getByRole("button", { name: "Save changes" }).click();
  await page.getByRole("region", { name: "Identification" }).getByText("09506000134352").waitFor();
  const skuId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const admin = await person(url, "admin");
  const stored = await admin.call<{ data: Record<string, unknown> }>("GET", `/v1/skus/${skuId}`);
  expect(stored.data).toMatchObject({
    nominalVoltage: 3.2,
    tests: [{ step: "EOL", required: true, limits: { Voltage: { min: 3, unit: "V" } } }],
    gtins: { pack: "09506000134352" },
  });
  await admin.call("PATCH", `/v1/skus/${skuId}/activate`);
  await page.getByText("Active", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retire" }).click();
  await page.getByText("The SKU was retired.").waitFor();
  expectNoComplaints(page, "422");
  await page.context().close();
});

test.skipIf(program === null)("a batch, a module and a pack are created and put together", async () => {
  const run = Date.now().toString(36).toUpperCase();
  const [shift, admin] = await Promise.all([person(url, "shift1"), person(url, "admin")]);
  const small = { name: `Single ${run}`, chemistry: "LFP", cellsPerModule: 1, modulesPerPack: 1, skuCode: `S-${run}` };
  const sku = await shift.call<{ data: { id: string } }>("POST", "/v1/skus", small);
  await admin.call("PATCH", `/v1/skus/${sku.data.id}/activate`);
  const page = await signedIn(browser, { url, user: "production1", path: "/line/batches" });
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "New batch" }).click();
  await dialog.getByRole("button", { name: "Create batch" }).click();
  await dialog.getByText("Choose a SKU.").waitFor();
  await dialog.getByRole("combobox", { name: "SKU" }).fill(`Single ${run}`);
  await page.getByRole("option", { name: new RegExp(run) }).click();
  await dialog.getByLabel("Planned packs").fill("2");
  await dialog.getByLabel("Notes").fill(`Night shift ${run}`);
  await expectAccessible(page);
  await picture(page, "line-new-batch-light-desktop");
  await dialog.getByRole("button", { name: "Create batch" }).click();
  await page.getByRole("button", { name: "Start batch" }).click();
  await page.getByText("The batch was started.").waitFor();
  const batch = page.url();
  await createUnit(page, "module", `M-${run}`);
  await page.getByLabel("Serial number of the cell").fill(`C-${run}`);
  await page.keyboard.press("Enter");
  await page.getByText(`C-${run} was bound.`).waitFor();
  await page.getByRole("button", { name: "Seal module" }).click();
  await dialog.getByRole("button", { name: "Seal module" }).click();
  await page.getByText("The module was sealed.").waitFor();
  await page.goto(batch);
  await createUnit(page, "pack", `P-${run}`);
  await page.getByRole("button", { name: "Put module in" }).click();
  await dialog.getByRole("radio", { name: new RegExp(`M-${run}`) }).click();
  await dialog.getByRole("button", { name: "Put module in" }).click();
  await page.getByText("The module was put in.").waitFor();
  await page.getByRole("button", { name: "Seal pack" }).click();
  await dialog.getByRole("button", { name: "Seal pack" }).click();
  await page.getByText("Ready for test").first().waitFor();

  // The serial number is in use, and the dialog leads to what has it.
  await page.goto(`${url}/line/modules`);
  await page.getByRole("button", { name: "New module" }).click();
  await dialog.getByRole("combobox", { name: "Batch" }).fill(`Night shift ${run}`);
  await page.getByRole("option", { name: new RegExp(run) }).click();
  await dialog.getByLabel("Serial number").fill(`P-${run}`);
  await dialog.getByRole("button", { name: "Create module" }).click();
  await dialog.getByText(`P-${run}, as a pack`).waitFor();
  await dialog.getByRole("link", { name: "Show the pack" }).waitFor();
  await expectAccessible(page);
  expectNoComplaints(page, "409");
  await page.context().close();
});

test.skipIf(program === null)("the form of a SKU can be used by everybody, on every device", async () => {
  await checkScreen(browser, url, {
    name: "line-new-sku",
    user: "shift1",
    path: "/line/skus/new",
    ready: (page) => page.getByRole("button", { name: "Create SKU" }).waitFor(),
  });
});
