import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { browserProgram, launch, signedIn } from "../support/browser";
import { expectAccessible, expectNoComplaints, picture } from "../support/checks";

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
