import type { Browser, Page } from "playwright-core";
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
const HEADER = "username,full_name,role,password,skills";
/** Rows that the page itself finds, and rows that only the server can refuse. */
const BAD: Readonly<Record<number, string>> = {
  100: "flow100,Person 100,VIEW_ONLY",
  200: '"flow200"x,Person 200,VIEW_ONLY,,',
  300: ",Person 300,VIEW_ONLY,,",
  400: "flow400,,VIEW_ONLY,,",
  500: `flow500,Person 500,NO_SUCH_ROLE,${PASSWORD},`,
  600: `flow 600,Person 600,VIEW_ONLY,${PASSWORD},`,
  700: "flow700,Person 700,VIEW_ONLY,short,",
  800: "flow800,Person 800,VIEW_ONLY,,",
  900: `,Person 900,VIEW_ONLY,${PASSWORD},`,
  1000: `flow1000,,VIEW_ONLY,${PASSWORD},`,
};

function peopleFile(): string {
  const rows = Array.from({ length: 1000 }, (_, index) => {
    const number = index + 1;
    return BAD[number] ?? `flow${number},"Person ${number}, new",VIEW_ONLY,${PASSWORD},first aid|dutch`;
  });
  return [HEADER, ...rows].join("\r\n");
}

async function drop(page: Page, name: string, content: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, text]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], fileName));
      return transfer;
    },
    [name, content] as const,
  );
  await page.locator("[data-drop]").dispatchEvent("drop", { dataTransfer: data });
}

test.skipIf(program === null)(
  "an administrator imports 1,000 people of whom 10 are invalid",
  async () => {
    const page = await signedIn(browser, { url, user: "admin", path: "/admin/imports?dataset=users" });
    await page.getByText("Drop a file here").waitFor();
    await drop(page, "people.csv", peopleFile());
    await page.getByText("994 records to import").waitFor();
    await page.getByText("6 rows with errors").waitFor();
    await picture(page, "admin-import-checked-light-desktop");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Import 994 records" }).click();
    await page.getByText("Running", { exact: true }).waitFor();

    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("Paused", { exact: true }).waitFor();
    await picture(page, "admin-import-paused-light-desktop");
    await page.getByRole("button", { name: "Resume" }).click();
    // The import goes on while another page is open.
    await page.getByRole("link", { name: "People" }).click();
    await page.getByRole("heading", { name: "People", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Imports" }).click();
    await page.getByText("Finished", { exact: true }).waitFor({ timeout: 840_000 });
    // A record whose answer was lost, or came too late, was created and is found again.
    expect((await numberOf(page, "created")) + (await numberOf(page, "updated"))).toBe(990);
    await page.getByText("10 rejected").waitFor();
    await picture(page, "admin-import-finished-light-desktop");
    await expectAccessible(page);

    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download errors as CSV" }).click();
    const lines = await textOf(await saved);
    const found = new Set(lines.slice(1).map((line) => Number(line.split(",")[0])));
    expect([...found]).toEqual(Object.keys(BAD).map((number) => Number(number) + 1));
    expect(lines.join("\n")).not.toContain(PASSWORD);
    // A slow machine has no time for whole batches.
    expectNoComplaints(page, "503");
    await page.context().close();
  },
  900_000,
);

async function numberOf(page: Page, outcome: string): Promise<number> {
  const text = await page.getByText(new RegExp(`^\\d+ ${outcome}$`)).textContent();
  return Number.parseInt(text ?? "", 10);
}

async function textOf(download: { createReadStream(): Promise<NodeJS.ReadableStream> }): Promise<string[]> {
  const stream = await download.createReadStream();
  let text = "";
  for await (const piece of stream) text += String(piece);
  return text.split("\r\n");
}

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
