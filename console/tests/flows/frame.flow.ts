import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, DESKTOP, launch, openPage, PHONE, signedIn, signIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

test.skipIf(program === null)("a person signs in, and the page that was asked for opens", async () => {
  const page = await openPage(browser, { url });
  await page.goto(`${url}/account`);
  await page.getByLabel("Password", { exact: true }).waitFor();
  await picture(page, "sign-in-light-desktop");
  await expectAccessible(page);
  await page.getByLabel("User name, e-mail or phone").fill("dispatcher1");
  await page.getByLabel("Password", { exact: true }).fill("a wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The user name or the password is wrong.").waitFor();
  expect(await page.getByLabel("User name, e-mail or phone").inputValue()).toBe("dispatcher1");
  await picture(page, "sign-in-wrong-light-desktop");
  await signIn(page, "dispatcher1");
  await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
  expectNoComplaints(page, "401");
  await page.context().close();
});

test.skipIf(program === null)("a reload keeps the session, and sign-out leaves nothing behind", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/account" });
  await page.reload();
  await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("session")))).toEqual([]);
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain("accessToken");
  await page.getByRole("button", { name: /Account: / }).click();
  // Signing out loads the page anew, so that nothing stays in its memory.
  const loaded = page.waitForEvent("load");
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await loaded;
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  await page.goBack();
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await page.context().close();
});

test.skipIf(program === null)("a one-time password has to be changed first", async () => {
  const admin = await person(url, "admin");
  const username = `new.person.${Date.now()}`;
  const made = await admin.call<{ oneTimePassword?: string; data?: { oneTimePassword?: string } }>(
    "POST",
    "/v1/users",
    {
      username,
      role: "dispatcher",
      fullName: "New Person",
    },
  );
  const password = made.oneTimePassword ?? made.data?.oneTimePassword ?? "";
  const page = await openPage(browser, { url, scheme: "dark" });
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("User name, e-mail or phone").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Choose your own password" }).waitFor();
  await expectAccessible(page);
  await picture(page, "password-dark-desktop");
  await page.getByLabel("Current password").fill(password);
  await page.getByLabel("New password", { exact: true }).fill("nine slow harbours");
  await page.getByLabel("Repeat the new password").fill("nine slow harbours");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  await page.context().close();
});

test.skipIf(program === null)("another session is seen and ended", async () => {
  const other = await signedIn(browser, { url, user: "supervisor1", path: "/account" });
  const page = await signedIn(browser, { url, user: "supervisor1", path: "/account" });
  await page.getByRole("button", { name: "End all others" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("End all other sessions?").waitFor();
  await picture(page, "account-end-others-light-desktop");
  await dialog.getByRole("button", { name: "End all others" }).click();
  await page.getByText("All other sessions were ended.").waitFor();
  await other.getByRole("button", { name: "Sign in" }).waitFor({ timeout: 20_000 });
  expect(other.url()).toContain("next=%2Faccount");
  await page.context().close();
  await other.context().close();
});

test.skipIf(program === null)("the keyboard opens any page", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/orders" });
  await page.keyboard.press("Control+k");
  const input = page.getByRole("combobox", { name: "Go to a page or run a command" });
  await input.waitFor();
  await picture(page, "palette-light-desktop");
  await expectAccessible(page);
  await input.fill("prof");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("the phone's navigation opens and closes", async () => {
  const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/orders", size: PHONE });
  await page.getByRole("button", { name: "Open navigation" }).click();
  const entry = page.getByRole("link", { name: "Account" });
  await entry.waitFor();
  await picture(page, "navigation-light-phone");
  await expectAccessible(page);
  await entry.click();
  await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
  await entry.waitFor({ state: "hidden" });
  await page.context().close();
});

test.skipIf(program === null)(
  "offline for a while, the page says so, keeps its rows and what was typed, and recovers",
  async () => {
    const page = await signedIn(browser, { url, user: "dispatcher1", path: "/dispatch/orders", size: DESKTOP });
    await page.getByRole("row").nth(1).waitFor();
    await page.context().setOffline(true);
    await page.getByText("No connection to the server.", { exact: false }).first().waitFor({ timeout: 15_000 });
    expect(await page.getByRole("row").count()).toBeGreaterThan(1);
    await picture(page, "offline-light-desktop");
    await page.context().setOffline(false);
    await page.getByText("Connected again.").waitFor({ timeout: 20_000 });
    await page.context().close();
  },
);

test.skipIf(program === null)("a page without permission says so", async () => {
  const page = await signedIn(browser, { url, user: "viewer1", path: "/account" });
  expect(await page.getByRole("link", { name: "Orders" }).count()).toBe(0);
  await page.goto(`${url}/dispatch/orders`);
  await page.getByText("No access").waitFor();
  await picture(page, "no-access-light-desktop");
  await page.goto(`${url}/nowhere`);
  await page.getByText("Page not found").waitFor();
  await page.context().close();
});

test.skipIf(program === null)("the account page can be used by everybody, on every device", async () => {
  await checkScreen(browser, url, {
    name: "account",
    user: "tech1",
    path: "/account",
    ready: (page) => page.getByText("This session").first().waitFor(),
  });
});
