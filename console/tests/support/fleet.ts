import type { Page } from "playwright-core";

/** What the page has done with the couriers so far. */
export interface FleetWork {
  /** How often all couriers were read. */
  reads: number;
  /** How often the map was given its points. */
  updates: number;
  /** The most features that an update of the points had: each is copied to a worker by itself. */
  features: number;
}

/**
 * Answers reads of couriers within the page, by pages as the API does: so many couriers, of whom some move each time. What the page
 * does with them is counted.
 */
export async function withCouriers(page: Page, count: number): Promise<void> {
  await page.addInitScript((total: number) => {
    const send = window.fetch.bind(window);
    const work = { reads: 0, updates: 0, features: 0 };
    Object.assign(window, { fleetWork: work });
    const courier = (index: number): object => ({
      id: `courier-${String(index).padStart(5, "0")}`,
      name: `Courier ${index}`,
      status: ["free", "free", "busy", "off"][index % 4],
      latitude: 52.2 + (index % 100) / 300 + (index % 20 === work.reads % 20 ? work.reads / 10_000 : 0),
      longitude: 4.6 + Math.floor(index / 100) / 200,
      position_at: new Date(Date.now() - (index % 10) * 40_000).toISOString().replace(/\d\d\.\d{3}Z/, "00Z"),
    });
    const pageAt = (search: URLSearchParams): object => {
      const limit = Number(search.get("limit"));
      const first = Number(search.get("cursor"));
      if (first === 0) work.reads += 1;
      const couriers = Array.from({ length: Math.min(limit, total - first) }, (_, index) => courier(first + index));
      return first + limit < total ? { couriers, next_cursor: String(first + limit) } : { couriers };
    };
    window.fetch = async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input), location.href);
      if (url.pathname !== "/api/v1/couriers") return await send(input, init);
      return Response.json(pageAt(url.searchParams));
    };
    // The library of the map sends the data of a source to its worker as a message of the type `LD`.
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (this: Worker, message: unknown, ...rest: unknown[]) {
      const { type, data } = message as { type?: string; data?: { source?: string; data?: { features?: unknown[] } } };
      if (type === "LD" && data?.source === "points") {
        work.updates += 1;
        work.features = Math.max(work.features, data.data?.features?.length ?? 0);
      }
      return postMessage.apply(this, [message, ...rest] as [unknown]);
    };
  }, count);
}

export function fleetWork(page: Page): Promise<FleetWork> {
  return page.evaluate(() => ({ ...(window as unknown as { fleetWork: FleetWork }).fleetWork }));
}
