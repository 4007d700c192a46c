import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, openPage, signedIn, signIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

const PASSWORD = "nine slow harbours";
test.skipIf(program === null)("a role is changed, and the page of another person loses its button", async () => {
  const admin = await person(url, "admin");
  const stamp = Date.now();
  const code = `clerk${stamp}`;
  const permissions = ["identity.user.read", "identity.user.manage"].map((name) => ({ code: name, scope: "org" }));
  await admin.call("POST", "/v1/roles", { code, name: `Clerk ${stamp}`, permissions });
  const username = `clerk.${stamp}`;
  await admin.call("POST", "/v1/users", { username, fullName: "Clara Klerk", role: code, password: PASSWORD });

  const clerk = await openPage(browser, { url });
  await clerk.goto(`${url}/sign-in?next=${encodeURIComponent("/admin/people")}`);
  await signIn(clerk, username, PASSWORD);
  const button = clerk.getByRole("button", { name: "Add person" });
  await button.waitFor();

  const page = await signedIn(browser, { url, user: "admin", path: `/admin/roles?roles=${code},SYSTEM_ADMIN` });
  const cell = page.getByRole("button", { name: new RegExp(`^Clerk ${stamp}, identity.user.manage: all`) });
  await cell.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Review Clerk ${stamp}` }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("This takes away").waitFor();
  await dialog.getByText("identity.user.manage").waitFor();
  await picture(page, "admin-role-review-light-desktop");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save role" }).click();
  await page.getByText(`Clerk ${stamp} was saved.`).waitFor();

  await button.waitFor({ state: "hidden", timeout: 10_000 });
  await clerk.getByRole("heading", { name: "People", level: 1 }).waitFor();
  expectNoComplaints(page);
  expectNoComplaints(clerk);
  await page.context().close();
  await clerk.context().close();
});

test.skipIf(program === null)("a person is added, edited at the same time by two, and disabled", async () => {
  const admin = await person(url, "admin");
  const username = `joost.${Date.now()}`;
  const page = await signedIn(browser, { url, user: "admin", path: "/admin/people" });
  await page.getByRole("button", { name: "Add person" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a person" });
  await dialog.getByLabel("Full name").fill("Joost van der Meer-Hoogendoorn-de Jong");
  await dialog.getByLabel("User name").fill("admin");
  await dialog.getByRole("combobox", { name: "Role" }).fill("Courier");
  await page.getByRole("option", { name: "Courier" }).click();
  await dialog.getByRole("button", { name: "Add person" }).click();
  await dialog.getByText("This user name is already in use.").first().waitFor();
  await picture(page, "admin-person-add-light-desktop");
  await expectAccessible(page);
  await dialog.getByLabel("User name").fill(username);
  await dialog.getByRole("button", { name: "Add person" }).click();
  await page.getByRole("dialog", { name: "One-time password" }).waitFor();
  await picture(page, "admin-person-password-light-desktop");
  await expectAccessible(page);
  await page.getByRole("button", { name: "I have copied it" }).click();

  await page.getByLabel("Name, e-mail or phone").fill(username);
  await page.getByRole("row", { name: /Joost/ }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Edit" }).click();
  await drawer.getByLabel("Team").fill("Night");
  const id = new URL(page.url()).searchParams.get("person");
  await admin.call("PATCH", `/v1/users/${id}`, { gameZone: "North" });
  await drawer.getByText("Somebody else changed this meanwhile").waitFor({ timeout: 10_000 });
  expect(await drawer.getByLabel("Team").inputValue()).toBe("Night");
  await drawer.getByText("Somebody else changed this meanwhile").scrollIntoViewIfNeeded();
  await picture(page, "admin-person-conflict-light-desktop");
  await expectAccessible(page);
  await drawer.getByRole("button", { name: "Go on with my changes" }).click();
  await drawer.getByRole("button", { name: "Save changes" }).click();
  await drawer.getByText("Night").waitFor();
  await drawer.getByText("North").waitFor();

  await drawer.getByRole("button", { name: "Disable" }).click();
  await page
    .getByRole("dialog", { name: /^Disable Joost/ })
    .getByRole("button", { name: "Disable" })
    .click();
  await drawer.getByRole("button", { name: "Enable" }).waitFor();
  await drawer.getByText("Disabled").waitFor();
  expectNoComplaints(page, "409");
  await page.context().close();
});

test.skipIf(program === null)("a key is shown once and deleted, and a setting is saved and audited", async () => {
  const name = `Web shop ${Date.now()}`;
  const page = await signedIn(browser, { url, user: "admin", path: "/admin/api-keys" });
  await page.getByRole("button", { name: "Add key" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Add an API key" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("combobox", { name: "Role" }).fill("Customer");
  await page.getByRole("option", { name: "Customer" }).click();
  await dialog.getByRole("button", { name: "Add key" }).click();
  await page.getByText(/^baton_demo\./).waitFor();
  await picture(page, "admin-key-shown-light-desktop");
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("button", { name: `Delete the key ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText(`The key ${name} was deleted.`).waitFor();

  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByLabel("Pickers, units per hour").fill("131");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("The settings of Picking were saved.").waitFor();
  await page.getByRole("link", { name: "Audit" }).click();
  await page
    .getByRole("row", { name: /Picking settings changed/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("cell", { name: "131" }).waitFor();
  await picture(page, "admin-audit-row-light-desktop");
  await expectAccessible(page);
  expectNoComplaints(page);
  await page.context().close();
});

const SCREENS: readonly (readonly [string, string, string | RegExp])[] = [
  ["admin-people", "/admin/people", /courier1/],
  ["admin-roles", "/admin/roles", "Courier"],
  ["admin-keys", "/admin/api-keys", "Add key"],
  ["admin-settings", "/admin/settings", "Pickers, units per hour"],
  ["admin-audit", "/admin/audit", "Done"],
  ["admin-imports", "/admin/imports", "Drop a file here"],
];

test.skipIf(program === null).each(SCREENS)(
  "%s can be used by everybody, on every device",
  async (name, path, text) => {
    await checkScreen(browser, url, {
      name,
      user: "admin",
      path,
      ready: (page) => page.locator("#content").getByText(text).first().waitFor(),
    });
  },
);
