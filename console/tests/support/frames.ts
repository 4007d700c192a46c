/** Counts the frames that a browser shows while something happens. */

import type { Page } from "playwright-core";

export interface Frames {
  perSecond: number;
  /** The longest time without a new frame. */
  longestMs: number;
}

/** Do something, and return how smoothly the page was drawn meanwhile. */
export async function framesDuring(page: Page, action: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { frameTimes: times });
    const count = (time: number): void => {
      times.push(time);
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await action();
  const times = await page.evaluate(() => (window as unknown as { frameTimes: number[] }).frameTimes.slice());
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return { perSecond: (1000 * gaps.length) / Math.max(total, 1), longestMs: Math.max(0, ...gaps) };
}
