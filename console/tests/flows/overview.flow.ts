import type { Browser } from "playwright-core";
import { afterAll, beforeAll, inject, test } from "vitest";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

test.skipIf(program === null)("the overview is the start page, and a number leads to its list", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1" });
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await page.getByRole("link", { name: /At the pickup/ }).click();
  await page.getByRole("heading", { name: "Orders", level: 1 }).waitFor();
  await page.waitForURL(/\/dispatch\/orders\?status=arrived/);
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("the overview can be used by everybody, on every device", async () => {
  await checkScreen(browser, url, {
    name: "overview",
    user: "admin",
    path: "/overview",
    ready: (page) => page.locator("figure svg").first().waitFor(),
  });
});
