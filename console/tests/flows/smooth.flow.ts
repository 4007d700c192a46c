import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { browserProgram, launch, openPage, signIn } from "../support/browser";
import { picture } from "../support/checks";
import { withCouriers } from "../support/fleet";
import { type Frames, framesDuring } from "../support/frames";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

/**
 * How much of the frame rate has to be left. It is compared with that of the same page with few couriers, because machines
 * differ, and here the processor does the work of a graphics card.
 */
const SHARE = 0.4;

/**
 * How much of the time the page's thread may work while changes arrive. Its longest task is only reported: it grows when
 * other programs want the processor.
 */
const BUSY = 0.25;

async function mapWith(couriers: number): Promise<Page> {
  const page = await openPage(browser, { url });
  await withCouriers(page, couriers);
  await page.goto(`${url}/sign-in?next=${encodeURIComponent("/dispatch/map?list=courier")}`);
  await signIn(page, "dispatcher1");
  await page.locator("[data-drawn=true]").waitFor();
  await page.getByText(`${couriers.toLocaleString("en")} in total`).waitFor();
  return page;
}

/** Drag the map to and fro, for longer than the time between two reads. */
async function drag(page: Page): Promise<void> {
  const box = await page.getByRole("region", { name: "Map of couriers and orders" }).boundingBox();
  if (box === null) throw new Error("There is no map.");
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 0; step < 80; step += 1) {
    await page.mouse.move(x + 120 * Math.sin(step / 8), y + 80 * Math.cos(step / 8));
    await page.waitForTimeout(50);
  }
  await page.mouse.up();
}

/** Turn the mouse's wheel over the list, through 5,000 rows. */
async function scroll(page: Page): Promise<void> {
  await page.getByRole("row").nth(3).hover();
  for (let step = 0; step < 100; step += 1) {
    await page.mouse.wheel(0, 2_300);
    await page.waitForTimeout(40);
  }
}

/** Watch three reads of all couriers arrive. */
async function watch(page: Page): Promise<void> {
  await page.waitForTimeout(10_000);
}

function report(what: string, { perSecond, longestMs, longestTaskMs, busy }: Frames): void {
  process.stdout.write(
    `${what}: ${perSecond.toFixed(0)} frames a second, longest pause ${longestMs.toFixed(0)} ms, ` +
      `longest task ${longestTaskMs.toFixed(0)} ms, thread busy ${(100 * busy).toFixed(0)} %\n`,
  );
}

test.skipIf(program === null)(
  "ten thousand couriers on the map, and thousands of rows, stay smooth",
  async () => {
    const few = await mapWith(10);
    const fewDragged = await framesDuring(few, () => drag(few));
    report("10 couriers, map dragged", fewDragged);
    await few.context().close();

    const many = await mapWith(10_000);
    await picture(many, "dispatch-map-many-light-desktop");
    const watched = await framesDuring(many, () => watch(many));
    report("10,000 couriers, changes arriving", watched);
    const dragged = await framesDuring(many, () => drag(many));
    report("10,000 couriers, map dragged", dragged);
    const scrolled = await framesDuring(many, () => scroll(many));
    report("10,000 rows, 5,000 of them scrolled", scrolled);
    const row = await many.getByRole("row").last().getAttribute("aria-rowindex");
    await many.context().close();

    expect(Number(row)).toBeGreaterThan(4_500);
    expect(watched.busy).toBeLessThan(BUSY);
    expect(watched.perSecond).toBeGreaterThan(SHARE * fewDragged.perSecond);
    expect(dragged.perSecond).toBeGreaterThan(SHARE * fewDragged.perSecond);
    expect(scrolled.perSecond).toBeGreaterThan(SHARE * fewDragged.perSecond);
  },
  240_000,
);
