import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints } from "../support/checks";
import { PASSWORD } from "../support/stack";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

test.skipIf(program === null).each([
  ["A delivery", 9, '"status": "delivered"'],
  ["A pick", 7, '"status": "completed"'],
  ["A repair", 7, '"state": "DONE"'],
])("%s is played to its end, with each request as a command", async (story, steps, end) => {
  const page = await signedIn(browser, { url, user: "viewer1", path: "/try-it" });
  await page.getByLabel("Password of the demo people").fill(PASSWORD);
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByText(story, { exact: true }).click();
  for (let step = 1; step <= steps; step += 1) {
    await page.getByText(`Step ${step} of ${steps}`).waitFor();
    await page.getByRole("button", { name: "Send the request" }).click();
    await page
      .getByRole("region", { name: "Request" })
      .nth(step - 1)
      .waitFor({ timeout: 20_000 });
  }
  await page.getByText("That was it.").first().waitFor();
  const responses = await page.getByRole("region", { name: "Response" }).allTextContents();
  expect(responses.join("\n")).toContain(end);
  expect(await page.getByRole("region", { name: "Request" }).first().textContent()).toContain("$(token ");
  // The story of the repair provokes a refusal.
  expectNoComplaints(page, "422");
  await page.context().close();
});

test.skipIf(program === null)("the page can be used by everybody, on every device", async () => {
  await checkScreen(browser, url, {
    name: "try-it",
    user: "viewer1",
    path: "/try-it",
    ready: async (page) => {
      const password = page.getByLabel("Password of the demo people");
      await page
        .getByText(/Password of the demo people|Step \d/)
        .first()
        .waitFor();
      if ((await password.count()) === 0) return;
      await password.fill(PASSWORD);
      await page.getByRole("button", { name: "Begin" }).click();
      await page.getByRole("button", { name: "Send the request" }).click();
      await page.getByText("Step 2 of 9").waitFor();
    },
  });
});
