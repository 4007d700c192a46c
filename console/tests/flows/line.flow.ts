import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints, picture } from "../support/checks";
import { buildPack, startLine } from "../support/line";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

async function measure(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await page.getByLabel(label).fill(value);
}

test.skipIf(program === null)("QA passes and quarantines packs and traces a cell", async () => {
  const line = await startLine(url);
  const page = await signedIn(browser, {
    url,
    user: "qa1",
    path: `/line/packs?batchId=${line.batchId}&status=READY_FOR_EOL`,
  });
  await page.getByText("Nothing matches these filters").waitFor();
  const first = await buildPack(line, 1);
  await buildPack(line, 2);

  // The list shows them by itself. The first one has a value above its limit, so it cannot pass.
  const row = page.getByRole("row", { name: new RegExp(`P-${line.run}-1`) });
  await row.waitFor({ timeout: 10_000 });
  await row.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `Pack P-${line.run}-1` }).waitFor();
  await measure(page, { "Voltage in V": "7,41", "Resistance in mOhm": "12.1255", "Capacity in Ah": "5" });
  await page.getByText("0.0005 mOhm above limit").waitFor();
  await page.getByRole("button", { name: "Pass", exact: true }).click();
  await page.getByText("The pack cannot pass").waitFor();
  expect(await page.getByLabel("Resistance in mOhm").evaluate((input) => input === document.activeElement)).toBe(true);
  await picture(page, "line-disposition-blocked-light-desktop");
  await page.getByLabel("Notes").fill("Measure again. <b>Twice</b>");
  await page.reload();
  expect(await page.getByLabel("Notes").inputValue()).toBe("Measure again. <b>Twice</b>");
  expect(await page.getByLabel("Resistance in mOhm").inputValue()).toBe("12.1255");
  await page.getByRole("button", { name: "Quarantine" }).click();
  await page.getByText("The pack was quarantined.").waitFor();
  const history = page.getByRole("list", { name: "History" });
  await history.getByText("Measure again. <b>Twice</b>").waitFor();
  await history.getByText("12.1255 mOhm").waitFor();
  await history.getByText("0.0005 mOhm above limit").waitFor();
  expect(await page.getByLabel("Resistance in mOhm").inputValue()).toBe("");

  // The bounds belong to what passes.
  await page.goto(`${url}/line/packs?batchId=${line.batchId}`);
  await page.getByRole("row", { name: new RegExp(`P-${line.run}-2`) }).click();
  await page.getByRole("heading", { name: `Pack P-${line.run}-2` }).waitFor();
  await measure(page, { "Voltage in V": "8.40", "Resistance in mOhm": "12.125", "Capacity in Ah": "4.8" });
  await page.getByRole("button", { name: "Pass", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pass", exact: true }).click();
  await page.getByText("The pack passed.").waitFor();
  await page.getByText("Finalized").first().waitFor();
  await history.getByText("8.4 V").waitFor();
  const detail = await line.production.call<{ data: { dispositions: unknown[] } }>("GET", `/v1/packs/${first}`);
  expect(detail.data.dispositions).toMatchObject([
    { disposition: "QUARANTINE", measurements: { Voltage: { value: 7.41 }, Resistance: { value: 12.1255 } } },
  ]);

  await page.goto(`${url}/trace`);
  await page.getByLabel("Serial number").fill(`C-${line.run}-211`);
  await page.keyboard.press("Enter");
  const tree = page.getByRole("tree");
  const cell = tree.getByRole("treeitem", { name: new RegExp(`Cell.*C-${line.run}-211.*Bound`) });
  await cell.waitFor();
  expect(await cell.getAttribute("aria-current")).toBe("true");
  await tree.getByRole("treeitem", { name: new RegExp(`Module.*M-${line.run}-21.*Sealed`) }).waitFor();
  await tree.getByRole("treeitem", { name: new RegExp(`Pack.*P-${line.run}-2.*Finalized`) }).waitFor();
  await cell.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `Module M-${line.run}-21` }).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)(
  "a batch is refused while packs are open, and a history and a recall are saved",
  async () => {
    const line = await startLine(url);
    await buildPack(line, 1);
    const page = await signedIn(browser, { url, user: "qa1", path: `/line/batches/${line.batchId}` });
    await page.getByRole("button", { name: "Complete batch" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Complete batch" }).click();
    await page.getByRole("dialog").getByText("WORKFLOW_VIOLATION").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: "Packs that are not finalized" }).getByText(`P-${line.run}-1`).waitFor();

    await page.goto(`${url}/trace?serial=P-${line.run}-1`);
    await page.getByRole("treeitem", { name: new RegExp(`C-${line.run}-122`) }).waitFor();
    const [history] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Export EPCIS" }).click(),
    ]);
    expect(history.suggestedFilename()).toBe(`P-${line.run}-1.epcis.json`);

    await page.goto(`${url}/trace/recall`);
    await page.getByLabel("Lot of the cells").fill(`LOT-${line.run}`);
    await page.keyboard.press("Enter");
    await page.getByText("1 affected unit holds 4 cells of this lot.").waitFor();
    const [recall] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download CSV" }).click(),
    ]);
    const { readFile } = await import("node:fs/promises");
    const rows = (await readFile(await recall.path(), "utf8")).trim().split("\r\n");
    expect(rows).toHaveLength(3);
    expect(rows[1]).toContain(`P-${line.run}-1,`);
    expectNoComplaints(page, "409");
    await page.context().close();
  },
);

interface Shown {
  name: string;
  path: string;
  text: string | RegExp;
}

async function checkScreens(screens: readonly Shown[]): Promise<void> {
  for (const { name, path, text } of screens) {
    await checkScreen(browser, url, {
      name,
      user: "qa1",
      path,
      ready: (page) => page.getByText(text).filter({ visible: true }).first().waitFor(),
    });
  }
}

test.skipIf(program === null)(
  "the lists of the line can be used by everybody, on every device",
  async () => {
    const { run } = await startLine(url);
    await checkScreens([
      { name: "line-packs", path: "/line/packs", text: "HSP-0002" },
      { name: "line-modules", path: "/line/modules", text: "HSM-0033" },
      { name: "line-batches", path: "/line/batches", text: `Flow ${run}` },
      { name: "line-skus", path: "/line/skus", text: /Portable 2S/ },
    ]);
  },
  300_000,
);

test.skipIf(program === null)(
  "the details of the line can be used by everybody, on every device",
  async () => {
    const line = await startLine(url);
    const pack = await buildPack(line, 1);
    const qa = await person(url, "qa1");
    await qa.call("PATCH", `/v1/packs/${pack}/disposition`, {
      disposition: "QUARANTINE",
      notes: "Resistance is high; measure again tomorrow with the other station.",
      measurements: { Voltage: { value: 7.41, unit: "V" }, Resistance: { value: 12.13, unit: "mOhm" } },
    });
    await checkScreens([
      { name: "line-pack", path: `/line/packs/${pack}`, text: "0.005 mOhm above limit" },
      { name: "line-batch", path: `/line/batches/${line.batchId}`, text: `P-${line.run}-1` },
      { name: "line-sku", path: `/line/skus/${line.skuId}`, text: "7.2 to 8.4 V" },
    ]);
  },
  300_000,
);

test.skipIf(program === null)(
  "traces and recalls can be used by everybody, on every device",
  async () => {
    const line = await startLine(url);
    await buildPack(line, 1);
    await checkScreens([
      { name: "trace", path: `/trace?serial=P-${line.run}-1`, text: `C-${line.run}-122` },
      { name: "recall", path: `/trace/recall?lot=LOT-${line.run}`, text: /affected unit/ },
    ]);
  },
  300_000,
);
