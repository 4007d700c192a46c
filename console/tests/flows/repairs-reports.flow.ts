import { readFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const PHOTO = new URL("../../../infra/samples/fixed.jpg", import.meta.url).pathname;
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

interface Order {
  id: string;
  version: number;
}

async function step(who: Person, order: Order, action: string, body?: object): Promise<void> {
  const { version } = await who.call<Order>("GET", `/v1/work-orders/${order.id}`);
  await who.call("PATCH", `/v1/work-orders/${order.id}/${action}`, body, { "If-Match": `"${version}"` });
}

/** Route a finding and let a technician repair it. */
async function repaired(): Promise<void> {
  const [ops, lead, tech] = await Promise.all([person(url, "ops1"), person(url, "maint1"), person(url, "tech1")]);
  const finding = { checklistRef: "CL-2041", itemRef: "A-2", priority: "HIGH", allowDuplicate: true };
  const order = await ops.call<Order>("POST", "/v1/work-orders", finding);
  await step(lead, order, "assign", { technicianId: tech.id });
  await step(tech, order, "start");
  const form = new FormData();
  form.set("workOrderId", order.id);
  form.set("kind", "COMPLETION");
  form.set("file", new Blob([readFileSync(PHOTO)], { type: "image/jpeg" }), "fixed.jpg");
  await tech.call("POST", "/v1/uploads/photos", form);
  await step(tech, order, "done", {});
}

test.skipIf(program === null)("a manager sees what was repaired by technician, and saves it as CSV", async () => {
  await repaired();
  const page = await signedIn(browser, { url, user: "manager1", path: "/repairs/reports" });
  const table = page.getByRole("grid", { name: "Repair reports" });
  await table.getByRole("row").nth(1).waitFor();
  await page.getByRole("combobox", { name: "By" }).click();
  await page.getByRole("option", { name: "Technician" }).click();
  const row = table.getByRole("row", { name: /Mees van Dijk/ });
  await row.waitFor();
  expect(Number(await row.getByRole("gridcell").nth(2).textContent())).toBeGreaterThan(0);
  await page.getByRole("figure", { name: "Mean time to repair, hours by technician" }).waitFor();

  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe("work-orders-by-technician.csv");
  const chunks: string[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(String(chunk));
  const lines = chunks.join("").split("\r\n");
  expect(lines[0]).toMatch(/^technicianId,technicianName,opened,done,overdue,meanTimeToRepairHours/);
  expect(lines.some((line) => line.includes(",Mees van Dijk,"))).toBe(true);

  await page.getByLabel("From").fill("2020-01-01");
  await page.getByText("must be at most 365 days before to").first().waitFor();
  expectNoComplaints(page, "422");
  await page.context().close();
});

test.skipIf(program === null)("the report on work orders can be read by everybody, on every device", async () => {
  await repaired();
  for (const by of ["ride", "zone"]) {
    await checkScreen(browser, url, {
      name: `repairs-reports-${by}`,
      user: "manager1",
      path: by === "ride" ? "/repairs/reports" : "/repairs/reports?by=zone",
      ready: async (page) => {
        await page.getByRole("figure", { name: `Overdue by ${by}` }).waitFor();
        await page.getByRole("grid", { name: "Repair reports" }).getByRole("row").last().waitFor();
      },
    });
  }
});
