import { statSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, openPage, PHONE, signedIn } from "../support/browser";
import { checkScreen, expectAccessible, expectNoComplaints, picture } from "../support/checks";

const program = browserProgram();
const url = inject("url");
const DIST = new URL("../../dist/", import.meta.url).pathname;
/** What the public page may load, uncompressed. */
const LARGEST = 16 * 1024;
/** The pack of the demo data that passed. */
const SERIAL = "HSP-0001";
/** What only the restricted view of this pack has. */
const RESTRICTED = ["Lithium iron phosphate", "102.3", "Torque wrench"];
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

async function demoPack(): Promise<string> {
  const viewer = await person(url, "qa1");
  const { data } = await viewer.call<{ data: { id: string }[] }>("GET", `/v1/packs?q=${SERIAL}`);
  const [pack] = data;
  if (pack === undefined) throw new Error("The demo data has no such pack.");
  return pack.id;
}

function opened(page: Page): Promise<void> {
  return page.getByRole("heading", { name: `Battery passport of ${SERIAL}` }).waitFor();
}

test.skipIf(program === null)(
  "QA sees what a passport holds and lacks, and follows its code to the public page",
  async () => {
    const id = await demoPack();
    const page = await signedIn(browser, { url, user: "qa1", path: `/line/packs/${id}` });
    await page.getByRole("link", { name: "Show passport" }).click();
    await opened(page);
    await page.getByRole("img", { name: `QR code of ${SERIAL}` }).waitFor();
    const gaps = page.getByRole("region", { name: "Passport of the SKU, from the manufacturer" });
    await gaps.getByText("EU declaration of conformity").waitFor();
    const measured = page.getByRole("region", { name: "Measurements of a test that the pack passes" });
    await measured.getByText("Power when placed on the market").waitFor();
    for (const text of RESTRICTED) await page.getByText(text).first().waitFor();

    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as SVG" }).click();
    expect((await saved).suggestedFilename()).toBe(`passport-${SERIAL}.svg`);

    const address = await page.getByRole("link", { name: "Open the public page" }).getAttribute("href");
    expect(new URL(address ?? "").pathname).toBe("/passport");
    expectNoComplaints(page);
    await page.context().close();

    const reader = await openPage(browser, { url, size: PHONE });
    const requested: string[] = [];
    reader.on("request", (request) => requested.push(request.url()));
    await reader.goto(`${url}/passport${new URL(address ?? "").hash}`);
    await reader.getByText(`Home storage 8S, ${SERIAL}`).waitFor();
    await reader.getByText("100 Ah").waitFor();
    await reader.getByText("-20 to 55 °C").waitFor();
    for (const text of RESTRICTED) expect(await reader.getByText(text).count()).toBe(0);
    for (const scheme of ["light", "dark"] as const) {
      await reader.emulateMedia({ colorScheme: scheme });
      await picture(reader, `passport-public-${scheme}-phone`);
      await expectAccessible(reader);
    }
    expect(await reader.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
    expect(requested.filter((text) => !text.startsWith(url) && !text.startsWith("data:"))).toEqual([]);
    expectNoComplaints(reader);
    await reader.context().close();
  },
);

test.skipIf(program === null)("the passport of a pack can be used on every screen", async () => {
  const path = `/line/packs/${await demoPack()}/passport`;
  await checkScreen(browser, url, {
    name: "line-passport",
    user: "qa1",
    path,
    ready: async (page) => {
      await opened(page);
      await page.getByRole("img", { name: `QR code of ${SERIAL}` }).waitFor();
    },
  });
});

test.skipIf(program === null)(
  "an address that names no passport says so, and the page loads nothing but itself",
  async () => {
    const page = await openPage(browser, { url, size: PHONE });
    const loaded: string[] = [];
    page.on("response", (response) => loaded.push(new URL(response.url()).pathname));
    await page.goto(`${url}/passport`, { waitUntil: "networkidle" });
    await page.getByRole("status").getByText("This address is not complete.").waitFor();
    const files = loaded.map((path) => (path === "/passport" ? "passport.html" : path.slice(1)));
    expect(files.filter((file) => !/^(passport\.html|icon\.svg|assets\/\S+\.(js|css))$/.test(file))).toEqual([]);
    expect(files.reduce((sum, file) => sum + statSync(DIST + file).size, 0)).toBeLessThan(LARGEST);
    await page.goto(`${url}/passport#demo.PCK-0`);
    await page.getByRole("status").getByText("There is no such passport.").waitFor();
    expectNoComplaints(page, "404");
    await page.context().close();
  },
);
