import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { buildPack, type Line, startLine } from "../support/line";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

/** Decide on two packs, of which one fails, and record a test of one of them. */
async function producedLine(name: string): Promise<Line> {
  const line = await startLine(url, { name });
  const qa = await person(url, "qa1");
  const decisions = [
    { disposition: "PASS", voltage: 7.4, resistance: 11 },
    { disposition: "FAIL", voltage: 7.8, resistance: 13 },
  ];
  for (const [index, { disposition, voltage, resistance }] of decisions.entries()) {
    const packId = await buildPack(line, index + 1);
    await qa.call("POST", `/v1/units/P-${line.run}-${index + 1}/tests`, {
      step: "EOL",
      station: `RIG-${line.run}`,
      result: disposition,
      measurements: {},
    });
    await qa.call("PATCH", `/v1/packs/${packId}/disposition`, {
      disposition,
      measurements: {
        Voltage: { value: voltage, unit: "V" },
        Resistance: { value: resistance, unit: "mOhm" },
        Capacity: { value: 5, unit: "Ah" },
      },
    });
  }
  return line;
}

test.skipIf(program === null)("a supervisor sees yields, failures and Cpk, and saves them as CSV", async () => {
  const name = `Report ${Date.now().toString(36)}`;
  const line = await producedLine(name);
  const page = await signedIn(browser, { url, user: "shift1", path: "/line/reports" });
  const table = page.getByRole("grid", { name: "Report on the line" });
  const row = table.getByRole("row", { name: new RegExp(name) });
  await row.waitFor();
  expect(await row.getByRole("gridcell").nth(1).textContent()).toBe("50 %");
  await page.getByRole("figure", { name: "First-pass yield by SKU, %" }).waitFor();
  await page.getByRole("figure", { name: "Failures by measurement" }).waitFor();
  await page.getByRole("figure", { name: "Cpk by limit" }).waitFor();

  await row.focus();
  await page.keyboard.press("Enter");
  const limits = page.getByRole("dialog").getByRole("list", { name: "Capability" });
  // 7.4 and 7.8 V between 7.2 and 8.4 V: the standard deviation is 0.2828 V.
  await limits.getByText("Cp 0.7071").waitFor();
  await limits.getByText("Cpk 0.4714").waitFor();
  await limits.getByText("2 values, mean 7.6 V, standard deviation 0.2828 V").waitFor();
  await limits.getByText("0 below, 1 above, 0 not measured").waitFor();
  await picture(page, "line-capability-light-desktop");
  await expectAccessible(page);
  await page.keyboard.press("Escape");

  await page.getByRole("combobox", { name: "By" }).click();
  await page.getByRole("option", { name: "Station" }).click();
  await table.getByRole("row", { name: new RegExp(`RIG-${line.run}`) }).waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("line-by-station.csv");
  const chunks: string[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(String(chunk));
  expect(chunks.join("")).toContain(`RIG-${line.run}`);

  await page.getByLabel("From").fill("2020-01-01");
  await page.getByText("must be at most 365 days before to").first().waitFor();
  expectNoComplaints(page, "422");
  await page.context().close();
});

test.skipIf(program === null)("the report on the line can be read by everybody, on every device", async () => {
  const name = `Report ${Date.now().toString(36)}`;
  await producedLine(name);
  await checkScreen(browser, url, {
    name: "line-reports",
    user: "qa1",
    path: "/line/reports",
    ready: async (page) => {
      await page.getByRole("figure", { name: "Cpk by limit" }).waitFor();
      await page.getByRole("grid", { name: "Report on the line" }).getByText(name).waitFor();
    },
  });
});
