// Measures how smoothly the map and the list of couriers move with ten thousand of them, beside the same page with ten: machines
// differ, and without a graphics card the processor draws the map.
import { withCouriers } from "../tests/support/fleet.ts";
import { framesDuring } from "../tests/support/frames.ts";

export async function measureSmoothness(browser, url, password) {
  const few = await mapWith(browser, url, password, 10);
  report("10 couriers, map dragged", await framesDuring(few, () => drag(few)));
  await few.context().close();
  const many = await mapWith(browser, url, password, 10_000);
  // Three reads of all couriers arrive meanwhile.
  report("10,000 couriers, changes arriving", await framesDuring(many, () => many.waitForTimeout(10_000)));
  report("10,000 couriers, map dragged", await framesDuring(many, () => drag(many)));
  report("10,000 couriers, list scrolled", await framesDuring(many, () => scroll(many)));
  await many.context().close();
}

async function mapWith(browser, url, password, couriers) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
  const page = await context.newPage();
  await withCouriers(page, couriers);
  await page.goto(`${url}/sign-in?next=${encodeURIComponent("/dispatch/map?list=courier")}`);
  await page.getByLabel("User name, e-mail or phone").fill("dispatcher1");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("[data-drawn=true]").waitFor();
  await page.getByText(`${couriers.toLocaleString("en")} in total`).waitFor();
  return page;
}

/** Drag the map to and fro, for longer than the time between two reads. */
async function drag(page) {
  const box = await page.getByRole("region", { name: "Map of couriers and orders" }).boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let step = 0; step < 80; step += 1) {
    await page.mouse.move(x + 120 * Math.sin(step / 8), y + 80 * Math.cos(step / 8));
    await page.waitForTimeout(50);
  }
  await page.mouse.up();
}

/** Turn the mouse's wheel over the list, through thousands of rows. */
async function scroll(page) {
  await page.getByRole("row").nth(3).hover();
  for (let step = 0; step < 100; step += 1) {
    await page.mouse.wheel(0, 2_300);
    await page.waitForTimeout(40);
  }
}

function report(what, { perSecond, longestMs, longestTaskMs, busy }) {
  process.stdout.write(
    `${what}: ${perSecond.toFixed(0)} frames a second, longest pause ${longestMs.toFixed(0)} ms, ` +
      `longest task ${longestTaskMs.toFixed(0)} ms, thread busy ${(100 * busy).toFixed(0)} %\n`,
  );
}
