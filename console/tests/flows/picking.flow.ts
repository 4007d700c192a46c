import { randomUUID } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const BARCODE = "9521234001010";
/** Boards show a change within three seconds; the rest is for a loaded machine. */
const LIVE_MS = 3_000;
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

/** Import an assignment that is claimed before all others. */
async function assignmentFor(supervisor: Person): Promise<string> {
  const ref = `PA-${`${Date.now()}`.slice(-7)}`;
  const line = { line_number: 1, sku: "BISC-ALM", quantity: 4, location: "A-01-03", barcodes: [BARCODE] };
  const order = { customer: "Bakkerij met een bijzonder lange naam aan de Amsterdamsestraatweg", order_label: ref };
  await supervisor.call("POST", "/v1/imports/pick-assignments", {
    records: [
      { assignment_ref: ref, ...order, role: "picker", zone: "Ambient", route: "North 3", priority: 0, lines: [line] },
    ],
  });
  return ref;
}

/** Claim the next assignment as a picker's scanner does. */
async function claim(picker: Person): Promise<string> {
  const command = { device_id: "scanner-1", company_id: "demo", role: "picker" };
  return (await picker.call<{ assignment_id: string }>("POST", "/assignments/next", command)).assignment_id;
}

async function scan(picker: Person, assignmentId: string, ...codes: string[]): Promise<void> {
  const at = new Date().toISOString();
  const events = codes.map((raw) => ({
    client_event_id: randomUUID(),
    event_type: "scan_received",
    payload: { raw, assignment_id: assignmentId, order_id: assignmentId, at },
    created_at: at,
  }));
  const { status } = await picker.call<{ status: { result: string }[] }>("POST", "/events/batch", { events });
  expect(status.map(({ result }) => result)).toEqual(codes.map(() => "accepted"));
}

test.skipIf(program === null)("a supervisor sees what a picker scans, and closes the assignment", async () => {
  const supervisor = await person(url, "supervisor1");
  const picker = await person(url, "picker1");
  const ref = await assignmentFor(supervisor);
  const page = await signedIn(browser, { url, user: "supervisor1", path: "/picking/assignments" });
  const row = page.getByRole("row", { name: new RegExp(ref) });
  await row.getByText("Queued").waitFor();
  expect(await claim(picker)).toBe(ref);
  await row.getByText("Being picked").waitFor({ timeout: 10_000 });
  await row.focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await drawer.getByText("0 / 4 units").waitFor();

  await scan(picker, ref, BARCODE, "0000000000000", BARCODE);
  const begun = Date.now();
  await drawer.getByText("2 / 4 units").waitFor();
  expect(Date.now() - begun).toBeLessThan(LIVE_MS + 1_500);
  await drawer.getByText("Picked 1 of BISC-ALM at A-01-03 (2 of 4)").waitFor();
  await drawer.getByText("No line has the code 0000000000000").waitFor();

  await drawer.getByRole("button", { name: "Close early" }).click();
  const dialog = page.getByRole("dialog", { name: "Close this assignment early?" });
  await dialog.getByRole("button", { name: "Close early" }).click();
  await dialog.getByText("Say why.").waitFor();
  await dialog.getByLabel("Reason").fill("The customer has canceled.");
  await picture(page, "picking-close-light-desktop");
  await dialog.getByRole("button", { name: "Close early" }).click();
  await drawer.getByText("Closed early", { exact: true }).waitFor();
  await drawer.getByText("Closed early: The customer has canceled.").waitFor();
  expect(await drawer.getByRole("button", { name: "Put back into the queue" }).count()).toBe(0);
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a supervisor puts an assignment back into the queue", async () => {
  const supervisor = await person(url, "supervisor1");
  const picker = await person(url, "picker1");
  const ref = await assignmentFor(supervisor);
  expect(await claim(picker)).toBe(ref);
  const page = await signedIn(browser, { url, user: "supervisor1", path: `/picking/queue?assignment=${ref}` });
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Put back into the queue" }).click();
  const dialog = page.getByRole("dialog", { name: "Put this assignment back into the queue?" });
  await dialog.getByRole("button", { name: "Put back into the queue" }).click();
  await drawer.getByText("Queued", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  const first = page.getByRole("grid", { name: "Pickers" }).getByRole("row").first();
  await first.getByText(ref).waitFor();
  await supervisor.call("POST", `/assignments/${ref}/close`, { reason: "The flow is over." });
  await page.getByRole("row", { name: new RegExp(ref) }).waitFor({ state: "detached" });
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("the screens of picking can be used by everybody, on every device", async () => {
  const supervisor = await person(url, "supervisor1");
  const picker = await person(url, "picker2");
  const ref = await assignmentFor(supervisor);
  expect(await claim(picker)).toBe(ref);
  await scan(picker, ref, BARCODE, "0000000000000");
  const user = "supervisor1";
  await checkScreen(browser, url, {
    name: "picking-assignments",
    user,
    path: "/picking/assignments",
    ready: (page) => page.getByRole("row", { name: new RegExp(ref) }).waitFor(),
  });
  await checkScreen(browser, url, {
    name: "picking-assignment",
    user,
    path: `/picking/assignments?assignment=${ref}`,
    ready: (page) => page.getByRole("dialog").getByText("1 / 4 units").waitFor(),
  });
  await checkScreen(browser, url, {
    name: "picking-queue",
    user,
    path: "/picking/queue",
    ready: (page) => page.getByRole("grid", { name: "Pickers" }).getByRole("row").first().waitFor(),
  });
  await supervisor.call("POST", `/assignments/${ref}/close`, { reason: "The flow is over." });
});
