import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";
import { buildPack, type Made, startLine } from "../support/line";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

const EOL = { Insulation: { min: 500, unit: "MOhm" }, Voltage: { min: 7.2, max: 8.4, unit: "V" } };
const TESTS = [
  { step: "EOL", required: true, limits: EOL },
  { step: "LEAK", required: true },
];

async function record(page: Page, values: Readonly<Record<string, string>>, result: "Pass" | "Fail"): Promise<void> {
  const form = page.getByRole("form", { name: "Record a test" });
  for (const [label, value] of Object.entries(values)) await form.getByLabel(label).fill(value);
  await form.getByRole("radio", { name: result }).check();
  await form.getByRole("button", { name: "Record test" }).click();
}

test.skipIf(program === null)("QA tests a pack against its limits until it can pass", async () => {
  const line = await startLine(url, { limits: null, tests: TESTS });
  const packId = await buildPack(line, 1);
  const page = await signedIn(browser, { url, user: "qa1", path: `/line/packs/${packId}` });
  const missing = page.getByRole("list", { name: "Missing for a pass" });
  await missing.getByText("EOL: no test yet").waitFor();
  await missing.getByText("LEAK: no test yet").waitFor();

  // A PASS is refused in words.
  await page.getByRole("button", { name: "Pass", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Pass", exact: true }).click();
  await dialog.getByText("step EOL has no test").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  // Values are judged while they are typed; a value outside its limits fails the test whatever the station says.
  const form = page.getByRole("form", { name: "Record a test" });
  await form.getByRole("button", { name: "Record test" }).click();
  await form.getByText("Choose the result.").waitFor();
  await form.getByLabel("Station", { exact: true }).fill("EOL-2");
  await form.getByLabel("Insulation in MOhm").fill("499,5");
  await form.getByText("0.5 MOhm below limit").waitFor();
  await form.getByRole("radio", { name: "Pass" }).check();
  await form.getByText("The test counts as failed, whatever the result of the station is:").waitFor();
  await picture(page, "line-test-form-light-desktop");
  await expectAccessible(page);
  await page.reload();
  expect(await form.getByLabel("Insulation in MOhm").inputValue()).toBe("499,5");
  await record(page, { "Voltage in V": "7.4" }, "Pass");
  await page.getByText("The test of step EOL failed.").waitFor();
  await missing.getByText("EOL: the newest test failed").waitFor();
  expect(await form.getByLabel("Station", { exact: true }).inputValue()).toBe("EOL-2");

  await record(page, { "Insulation in MOhm": "512.25", "Voltage in V": "7.4" }, "Pass");
  await page.getByText("The test of step EOL passed.").waitFor();
  await missing.getByText("EOL").waitFor({ state: "detached" });
  await form.getByRole("combobox", { name: "Step" }).click();
  await page.getByRole("option", { name: "LEAK" }).click();
  await form.getByText("This step has no limits.").waitFor();
  await record(page, {}, "Pass");
  await page.getByText("All required steps passed.").waitFor();
  const tests = page.getByRole("list", { name: "Tests" });
  expect(await tests.getByText("Passed", { exact: true }).count()).toBe(2);
  await tests.getByText("512.25 MOhm").waitFor();
  await page.getByRole("button", { name: "Pass", exact: true }).click();
  await dialog.getByRole("button", { name: "Pass", exact: true }).click();
  await page.getByText("The pack passed.").waitFor();
  const stored = await line.production.call<{ data: { number: number }[] }>("GET", `/v1/units/P-${line.run}-1/tests`);
  expect(stored.data).toMatchObject([
    { number: 3, step: "LEAK", passed: true, station: "EOL-2" },
    { number: 2, step: "EOL", passed: true, measurements: { Insulation: { value: 512.25 } } },
    { number: 1, step: "EOL", passed: false, failures: [{ name: "Insulation", problem: "below" }] },
  ]);
  expectNoComplaints(page, "409");
  await page.context().close();
});

test.skipIf(program === null)("a module is tested on a phone before it is sealed", async () => {
  const line = await startLine(url, {
    moduleTests: [{ step: "OCV", required: true, limits: { OCV: { min: 3, unit: "V" } } }],
  });
  const { run, batchId, production } = line;
  const made = await production.call<Made>("POST", "/v1/modules", { batchId, serial: `M-${run}` });
  const moduleId = made.data.id;
  await production.call("POST", `/v1/modules/${moduleId}/bind-cells`, { serials: [`C-${run}-1`, `C-${run}-2`] });
  const page = await signedIn(browser, {
    url,
    user: "production1",
    path: `/line/modules/${moduleId}`,
    size: PHONE,
    isMobile: true,
  });
  await page.getByText("OCV: no test yet").waitFor();
  await page.getByRole("button", { name: "Seal module" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Seal module" }).click();
  await dialog.getByText("step OCV has no test").waitFor();
  await page.context().close();

  const tester = await signedIn(browser, {
    url,
    user: "qa1",
    path: `/line/modules/${moduleId}`,
    size: PHONE,
    isMobile: true,
  });
  await record(tester, { "OCV in V": "3.2" }, "Pass");
  await tester.getByText("The test of step OCV passed.").waitFor();
  await tester.getByText("All required steps passed.").waitFor();
  await expectAccessible(tester);
  await picture(tester, "line-module-test-light-phone");
  expect(await tester.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(PHONE.width);
  await production.call("PATCH", `/v1/modules/${moduleId}/seal`);
  expectNoComplaints(tester);
  await tester.context().close();
});

test.skipIf(program === null)("the tests of a pack can be used by everybody, on every device", async () => {
  const line = await startLine(url, { limits: null, tests: TESTS });
  const packId = await buildPack(line, 1);
  const qa = await person(url, "qa1");
  await qa.call("POST", `/v1/units/P-${line.run}-1/tests`, {
    step: "EOL",
    station: "EOL-2",
    result: "PASS",
    measurements: { Insulation: { value: 480, unit: "MOhm" } },
  });
  await checkScreen(browser, url, {
    name: "line-tests",
    user: "qa1",
    path: `/line/packs/${packId}`,
    ready: (page) => page.getByText("EOL: the newest test failed").waitFor(),
  });
});
