import { randomUUID } from "node:crypto";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const user = "supervisor1";
const made: string[] = [];
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());
/** No assignment of a flow stays: neither its picker nor the queue would be free for the next one. */
afterEach(async () => {
  const supervisor = await person(url, user);
  for (const ref of made.splice(0)) {
    await supervisor.call("POST", `/assignments/${ref}/close`, { reason: "The flow is over." }).catch(() => undefined);
  }
});

/** Import assignments of a zone that only this flow has; nobody claims them, because all others come before them. */
async function assignmentsIn(zone: string, ...priorities: number[]): Promise<string[]> {
  const supervisor = await person(url, user);
  const line = { line_number: 1, sku: "BISC-ALM", quantity: 4, location: "A-01-03", barcodes: ["9521234001010"] };
  const records = priorities.map((priority) => {
    const ref = `PB-${randomUUID().slice(0, 8)}`;
    const order = { customer: "Bakkerij met een bijzonder lange naam aan de Amsterdamsestraatweg", order_label: ref };
    return { assignment_ref: ref, ...order, role: "picker", zone, route: "North 3", priority, lines: [line] };
  });
  await supervisor.call("POST", "/v1/imports/pick-assignments", { records });
  const refs = records.map(({ assignment_ref: ref }) => ref);
  made.push(...refs);
  return refs;
}

function newZone(): string {
  return `Zone ${randomUUID().slice(0, 6)}`;
}

/** Assign an assignment as another supervisor would. */
async function assign(ref: string, picker: Person): Promise<void> {
  const supervisor = await person(url, user);
  await supervisor.call("POST", `/v1/assignments/${ref}/assign`, { user_id: picker.id });
}

async function nameOf(picker: Person): Promise<string> {
  return (await picker.call<{ user: { fullName: string } }>("GET", "/v1/me")).user.fullName;
}

/** The references of the flow's assignments in the texts of rows; those of others stay as they are. */
function refsIn(texts: readonly string[]): string[] {
  return texts.map((text) => /PB-[0-9a-f]{8}/.exec(text)?.[0] ?? text);
}

const columnOf = (page: Page, state: string) => page.getByRole("grid", { name: state, exact: true });

test.skipIf(program === null)("a supervisor sees a zone live, and gives an assignment to a picker", async () => {
  const zone = newZone();
  const [first = "", second = ""] = await assignmentsIn(zone, 9998, 9999);
  const picker = await person(url, "picker3");
  const page = await signedIn(browser, { url, user, path: "/picking/board" });
  await page.getByRole("button", { name: new RegExp(`${zone}.*2 queued`) }).click();
  await page.waitForURL(/zone=Zone/);
  const waiting = columnOf(page, "Queued").getByRole("row");
  await expect.poll(async () => refsIn(await waiting.allTextContents())).toEqual([first, second]);

  await waiting.nth(1).focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: new RegExp(second) });
  await drawer.getByRole("button", { name: "Assign" }).click();
  const dialog = page.getByRole("dialog", { name: "Who shall pick this assignment?" });
  await dialog.getByRole("button", { name: "Assign" }).click();
  await dialog.getByText("Choose who shall pick it.").waitFor();
  const name = await nameOf(picker);
  await dialog.getByRole("radio", { name: new RegExp(name) }).focus();
  await page.keyboard.press("Space");
  await picture(page, "picking-assign-light-desktop");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Assign" }).click();
  await drawer.getByText("Being picked", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  const active = columnOf(page, "Being picked").getByRole("row", { name: new RegExp(second) });
  await active.getByText(new RegExp(name)).waitFor();
  await page.getByRole("button", { name: new RegExp(`${zone}.*1 queued.*1 picking`) }).waitFor();

  await picker.call("POST", `/assignments/${second}/release`);
  await page.getByRole("button", { name: new RegExp(`${zone}.*2 queued.*0 picking`) }).waitFor();
  await columnOf(page, "Being picked").getByRole("row").waitFor({ state: "detached" });
  await page.reload();
  await waiting.nth(1).waitFor();
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a picker who is busy meanwhile is refused in words, and the choice stays", async () => {
  const zone = newZone();
  const [ref = "", other = ""] = await assignmentsIn(zone, 9998, 9999);
  const picker = await person(url, "picker3");
  const page = await signedIn(browser, { url, user, path: `/picking/board?zone=${zone}&assignment=${ref}` });
  const drawer = page.getByRole("dialog", { name: new RegExp(ref) });
  await drawer.getByRole("button", { name: "Assign" }).click();
  const dialog = page.getByRole("dialog", { name: "Who shall pick this assignment?" });
  const name = await nameOf(picker);
  const choice = dialog.getByRole("radio", { name: new RegExp(name) });
  await choice.click();
  await assign(other, picker);
  await dialog.getByRole("button", { name: "Assign" }).click();
  await dialog.getByText(`${name} has taken another assignment meanwhile (${other})`, { exact: false }).waitFor();
  expect(await choice.getAttribute("aria-checked")).toBe("true");
  await dialog.getByText(`picks ${other}`).waitFor();
  await picture(page, "picking-assign-refused-light-desktop");
  expectNoComplaints(page, "409");
  await page.context().close();
});

test.skipIf(program === null)("a supervisor changes a priority, and with it the place in the queue", async () => {
  const zone = newZone();
  const [first = "", last = ""] = await assignmentsIn(zone, 9998, 9999);
  const page = await signedIn(browser, { url, user, path: `/picking/board?zone=${zone}` });
  const waiting = columnOf(page, "Queued").getByRole("row");
  await expect.poll(async () => refsIn(await waiting.allTextContents())).toEqual([first, last]);
  await waiting.nth(1).click();
  const drawer = page.getByRole("dialog", { name: new RegExp(last) });
  await drawer.getByRole("button", { name: "Change priority" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the priority" });
  await dialog.getByLabel(/Priority/).fill("");
  await page.keyboard.press("Enter");
  await dialog.getByText("Type a whole number from 0 to 9999.").waitFor();
  await dialog.getByLabel(/Priority/).fill("9997");
  await picture(page, "picking-priority-light-desktop");
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await drawer.getByText("9997 (0 is first)").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(async () => refsIn(await waiting.allTextContents())).toEqual([last, first]);
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("the board can be used by everybody, on every device", async () => {
  const zone = newZone();
  const [ref = "", other = ""] = await assignmentsIn(zone, 9998, 9999);
  await assign(other, await person(url, "picker3"));
  await checkScreen(browser, url, {
    name: "picking-board",
    user,
    path: "/picking/board",
    ready: (page) =>
      columnOf(page, "Being picked")
        .getByRole("row", { name: new RegExp(other) })
        .waitFor(),
  });
  await checkScreen(browser, url, {
    name: "picking-board-zone",
    user,
    path: `/picking/board?zone=${zone}&status=queued`,
    ready: (page) =>
      columnOf(page, "Queued")
        .getByRole("row", { name: new RegExp(ref) })
        .waitFor(),
  });
});
