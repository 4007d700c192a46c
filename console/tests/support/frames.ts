/** Counts the frames that a browser shows while something happens. */

import type { CDPSession, Page } from "playwright-core";

export interface Frames {
  perSecond: number;
  /** The longest time without a new frame. */
  longestMs: number;
  /** The longest that the page's own code worked without a break; 0 if never for 50 ms. */
  longestTaskMs: number;
  /** The processor time of the page's thread as a share of the time that passed: what others do on the machine does not count. */
  busy: number;
}

/** Do something, and return how smoothly the page was drawn meanwhile. */
export async function framesDuring(page: Page, action: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const times: number[] = [];
    const tasks: number[] = [];
    Object.assign(window, { frameTimes: times, longTasks: tasks });
    const count = (time: number): void => {
      times.push(time);
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      entryTypes: ["longtask"],
    });
  });
  const metrics = await page.context().newCDPSession(page);
  await metrics.send("Performance.enable");
  const begin = [await threadSeconds(metrics), performance.now()] as const;
  await action();
  const busy = (1000 * ((await threadSeconds(metrics)) - begin[0])) / (performance.now() - begin[1]);
  const { frameTimes: times, longTasks } = await page.evaluate(() => {
    const { frameTimes, longTasks } = window as unknown as Record<"frameTimes" | "longTasks", number[]>;
    return { frameTimes, longTasks };
  });
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return {
    perSecond: (1000 * gaps.length) / Math.max(total, 1),
    longestMs: Math.max(0, ...gaps),
    longestTaskMs: Math.max(0, ...longTasks),
    busy,
  };
}

async function threadSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "ThreadTime")?.value ?? 0;
}
