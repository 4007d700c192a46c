import { randomUUID } from "node:crypto";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Person, person } from "../support/api";
import { browserProgram, launch, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

interface Sent {
  result: string;
  reason?: string;
}

/** Import an assignment that nobody claims: all others come before it. */
async function assignmentFor(supervisor: Person): Promise<string> {
  const ref = `PR-${randomUUID().slice(0, 8)}`;
  const line = { line_number: 1, sku: "BISC-ALM", quantity: 4, location: "A-01-03", barcodes: ["9521234001010"] };
  const record = {
    assignment_ref: ref,
    customer: "Bakkerij Zonneveld",
    order_label: ref,
    role: "picker",
    zone: "Ambient",
  };
  await supervisor.call("POST", "/v1/imports/pick-assignments", {
    records: [{ ...record, route: "North 3", priority: 9999, lines: [line] }],
  });
  return ref;
}

function scanOf(ref: string, raw: string) {
  const at = new Date().toISOString();
  const payload = { raw, assignment_id: ref, order_id: ref, at };
  return { client_event_id: randomUUID(), event_type: "scan_received", payload, created_at: at };
}

async function send(picker: Person, ...events: object[]): Promise<Sent[]> {
  return (await picker.call<{ status: Sent[] }>("POST", "/events/batch", { events })).status;
}

test.skipIf(program === null)("a supervisor decides about rejected scans, and they leave the scanner", async () => {
  const [supervisor, picker] = [await person(url, "supervisor1"), await person(url, "picker1")];
  const ref = await assignmentFor(supervisor);
  const [counts, wrong] = [scanOf(ref, "9521234001010"), scanOf(ref, "4006381333931")];
  const refused = await send(picker, counts, wrong);
  expect(refused.map(({ reason }) => reason)).toEqual(["not_your_assignment", "not_your_assignment"]);

  const page = await signedIn(browser, { url, user: "supervisor1", path: "/picking/rejected" });
  const rowOf = (raw: string) => page.getByRole("row", { name: new RegExp(`Scan ${raw}.*${ref}`) });
  await rowOf("9521234001010").focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: "Scan" });
  await drawer.getByText("The sender did not hold the assignment when it happened.").waitFor();
  await drawer.getByRole("button", { name: "Let it count" }).click();
  const accept = page.getByRole("dialog", { name: "Let this event count?" });
  await accept.getByLabel("Reason").fill("Picked before the scanner was signed in.");
  await picture(page, "picking-rejected-accept-light-desktop");
  await accept.getByRole("button", { name: "Let it count" }).click();
  await rowOf("9521234001010").waitFor({ state: "detached" });

  await rowOf("4006381333931").focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click();
  const dismiss = page.getByRole("dialog", { name: "Dismiss this event?" });
  await dismiss.getByRole("button", { name: "Dismiss" }).click();
  await dismiss.getByText("Say why.").waitFor();
  await dismiss.getByLabel("Reason").fill("A scan of the wrong order.");
  await expectAccessible(page);
  await dismiss.getByRole("button", { name: "Dismiss" }).click();
  await rowOf("4006381333931").waitFor({ state: "detached" });

  const again = await send(picker, counts, wrong);
  expect(again.map(({ result }) => result)).toEqual(["duplicate", "duplicate"]);
  await page.goto(`${url}/picking/assignments?assignment=${ref}`);
  await page.getByRole("dialog").getByText("1 / 4 units").waitFor();
  await page.goto(`${url}/picking/rejected?status=dismissed&event=${wrong.client_event_id}`);
  await page.getByRole("dialog").getByText("A scan of the wrong order.").waitFor();
  await supervisor.call("POST", `/assignments/${ref}/close`, { reason: "The flow is over." });
  expectNoComplaints(page);
  await page.context().close();
});

test.skipIf(program === null)("a decision that is refused keeps its reason", async () => {
  const [supervisor, picker] = [await person(url, "supervisor1"), await person(url, "picker1")];
  const ref = await assignmentFor(supervisor);
  const scan = scanOf(ref, "9521234001010");
  await send(picker, scan);
  const page = await signedIn(browser, {
    url,
    user: "supervisor1",
    path: `/picking/rejected?event=${scan.client_event_id}`,
  });
  await page.getByRole("dialog").getByRole("button", { name: "Dismiss" }).click();
  const dialog = page.getByRole("dialog", { name: "Dismiss this event?" });
  await dialog.getByLabel("Reason").fill("Scanned by mistake.");
  await supervisor.call("POST", `/v1/picking/rejected-events/${scan.client_event_id}/accept`, {});
  await page.getByText("It is not in this list any more", { exact: false }).waitFor();
  await dialog.getByRole("button", { name: "Dismiss" }).click();
  await dialog.getByText("WORKFLOW_VIOLATION").waitFor();
  expect(await dialog.getByLabel("Reason").inputValue()).toBe("Scanned by mistake.");
  await picture(page, "picking-rejected-refused-light-desktop");
  await supervisor.call("POST", `/assignments/${ref}/close`, { reason: "The flow is over." });
  expectNoComplaints(page, "409");
  await page.context().close();
});

test.skipIf(program === null)("the screen of rejected scans can be used by everybody, on every device", async () => {
  const [supervisor, picker] = [await person(url, "supervisor1"), await person(url, "picker1")];
  const ref = await assignmentFor(supervisor);
  const scans = [
    scanOf(ref, "(01)09521234001010(10)LOT-2026-000000000017(17)270331(21)SN-000000000000000042"),
    { ...scanOf(ref, "1"), event_type: "tracker_closed" },
    {
      ...scanOf(ref, "1"),
      payload: { raw: "1", assignment_id: ref, order_id: ref, at: "2026-03-14T09:26:53Z", rate: 9 },
    },
  ];
  await send(picker, ...scans);
  const [long] = scans;
  const user = "supervisor1";
  await checkScreen(browser, url, {
    name: "picking-rejected",
    user,
    path: "/picking/rejected",
    ready: (page) => page.getByRole("row", { name: /SN-000000000000000042/ }).waitFor(),
  });
  await checkScreen(browser, url, {
    name: "picking-rejected-event",
    user,
    path: `/picking/rejected?event=${long?.client_event_id}`,
    ready: (page) => page.getByRole("dialog").getByRole("button", { name: "Let it count" }).waitFor(),
  });
  const decide = ({ client_event_id: id }: { client_event_id: string }) =>
    supervisor.call("POST", `/v1/picking/rejected-events/${id}/dismiss`, { note: "The flow is over." });
  for (const scan of scans) await decide(scan);
  await supervisor.call("POST", `/assignments/${ref}/close`, { reason: "The flow is over." });
});
