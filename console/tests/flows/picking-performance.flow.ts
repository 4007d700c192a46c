import { randomUUID } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const BARCODE = "9521234001010";
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

/** Let a picker scan in a zone of its own: two units, and a code that no line has. */
async function picked(supervisor: Person, zone: string): Promise<void> {
  const ref = `PA-${zone.replace(" ", "-")}`;
  const line = { line_number: 1, sku: "BISC-ALM", quantity: 2, location: "A-01-03", barcodes: [BARCODE] };
  const order = { customer: "Café Het Anker", order_label: ref, role: "operative", zone, priority: 0 };
  await supervisor.call("POST", "/v1/imports/pick-assignments", {
    records: [{ assignment_ref: ref, ...order, lines: [line] }],
  });
  const operative = await person(url, "operative1");
  const command = { device_id: "scanner-1", company_id: "demo", role: "operative" };
  const { assignment_id: claimed } = await operative.call<{ assignment_id: string }>(
    "POST",
    "/assignments/next",
    command,
  );
  expect(claimed).toBe(ref);
  const at = new Date().toISOString();
  const events = [BARCODE, "0000000000000", BARCODE].map((raw) => ({
    client_event_id: randomUUID(),
    event_type: "scan_received",
    payload: { raw, assignment_id: ref, order_id: ref, at },
    created_at: at,
  }));
  await operative.call("POST", "/events/batch", { events });
}

test.skipIf(program === null)("a supervisor sees what was picked in a zone, and saves it as CSV", async () => {
  const supervisor = await person(url, "supervisor1");
  const zone = `Zone ${`${Date.now()}`.slice(-7)}`;
  await picked(supervisor, zone);
  const page = await signedIn(browser, { url, user: "supervisor1", path: "/picking/performance" });
  const table = page.getByRole("grid", { name: "Performance of picking" });
  await table.getByRole("row").nth(1).waitFor();
  await page.getByRole("combobox", { name: "By" }).click();
  await page.getByRole("option", { name: "Zone" }).click();
  const row = table.getByRole("row", { name: new RegExp(zone) });
  await row.waitFor();
  expect(await row.getByRole("gridcell").nth(1).textContent()).toBe("2");
  expect(await row.getByRole("gridcell").nth(5).textContent()).toBe("1");
  await page.getByRole("figure", { name: "Units by zone" }).waitFor();

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("performance-by-zone.csv");
  const chunks: string[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(String(chunk));
  const lines = chunks.join("").split("\r\n");
  expect(lines[0]).toBe("zone,units,hours_worked,rate,score_pct,scans_without_line");
  expect(lines.find((line) => line.startsWith(zone))).toMatch(/,2,.*,1$/);

  await page.getByLabel("From").fill("2020-01-01");
  await page.getByText("must be at most 91 days before to").first().waitFor();
  expectNoComplaints(page, "422");
  await page.context().close();
});

test.skipIf(program === null)("the performance of picking can be read by everybody, on every device", async () => {
  const supervisor = await person(url, "supervisor1");
  await picked(supervisor, `Zone ${`${Date.now()}`.slice(-7)}`);
  for (const by of ["person", "day"]) {
    await checkScreen(browser, url, {
      name: `picking-performance-${by}`,
      user: "supervisor1",
      path: by === "person" ? "/picking/performance" : "/picking/performance?by=day",
      ready: async (page) => {
        await page.getByRole("figure", { name: `Units by ${by}` }).waitFor();
        const grid = page.getByRole("grid", { name: "Performance of picking" });
        await grid.getByRole("row").nth(1).waitFor();
        await expect.poll(() => grid.evaluate((shown) => shown.scrollWidth - shown.clientWidth)).toBe(0);
      },
    });
  }
});
