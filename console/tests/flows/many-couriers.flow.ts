import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { browserProgram, launch, openPage, signIn } from "../support/browser";
import { expectNoComplaints, picture } from "../support/checks";
import { fleetWork, withCouriers } from "../support/fleet";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

const COURIERS = 10_000;
/** Rows on screen and some around them. */
const MOST_ROWS = 60;
/** Points of one colour and form are one feature, and neighbours in the list: four states of couriers, and places of orders. */
const MOST_FEATURES = 4 + 100;

/** Drag the map to and fro, which moves what is drawn and gives the map nothing new. */
async function drag(page: Page): Promise<void> {
  const box = await page.getByRole("region", { name: "Map of couriers and orders" }).boundingBox();
  if (box === null) throw new Error("There is no map.");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 0; step < 80; step += 1) {
    await page.mouse.move(x + 120 * Math.sin(step / 8), y + 80 * Math.cos(step / 8));
  }
  await page.mouse.up();
}

/** Turn the mouse's wheel over the list until half of the rows have passed. */
async function scroll(page: Page): Promise<void> {
  const rows = page.getByRole("row");
  await rows.nth(3).hover();
  const last = async () => Number(await rows.last().getAttribute("aria-rowindex"));
  while ((await last()) < COURIERS / 2) {
    await page.mouse.wheel(0, 23_000);
    expect(await rows.count()).toBeLessThan(MOST_ROWS);
  }
}

/** How smooth this is depends on the machine, so `npm run report` measures it. Here the work is counted that has to stay small. */
test.skipIf(program === null)(
  "ten thousand couriers cost the page little work, on the map and in the list",
  async () => {
    const page = await openPage(browser, { url });
    await withCouriers(page, COURIERS);
    await page.goto(`${url}/sign-in?next=${encodeURIComponent("/dispatch/map?list=courier")}`);
    await signIn(page, "dispatcher1");
    await page.locator("[data-drawn=true]").waitFor();
    await page.getByText("10,000 in total").waitFor();
    await picture(page, "dispatch-map-many-light-desktop");

    const row = await page.getByRole("row", { name: /Courier 3\b/ }).elementHandle();
    const { reads } = await fleetWork(page);
    await expect.poll(async () => (await fleetWork(page)).reads).toBeGreaterThan(reads + 2);
    expect(await row?.evaluate((element) => element.isConnected)).toBe(true);
    await drag(page);
    await scroll(page);

    const work = await fleetWork(page);
    // Each read moves couriers, and every ten seconds some become stale. Neither a drag nor the list gives the map its points.
    expect(work.updates).toBeGreaterThan(0);
    expect(work.updates).toBeLessThanOrEqual(2 * work.reads + 2);
    expect(work.features).toBeLessThanOrEqual(MOST_FEATURES);
    expectNoComplaints(page);
    await page.context().close();
  },
);
