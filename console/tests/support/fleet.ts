import type { Page } from "playwright-core";

/** Answers reads of couriers within the page, by pages as the API does: so many couriers, of whom some move each time. */
export async function withCouriers(page: Page, count: number): Promise<void> {
  await page.addInitScript((total: number) => {
    const send = window.fetch.bind(window);
    let reads = 0;
    const courier = (index: number): object => ({
      id: `courier-${String(index).padStart(5, "0")}`,
      name: `Courier ${index}`,
      status: ["free", "free", "busy", "off"][index % 4],
      latitude: 52.2 + (index % 100) / 300 + (index % 20 === reads % 20 ? reads / 10_000 : 0),
      longitude: 4.6 + Math.floor(index / 100) / 200,
      position_at: new Date(Date.now() - (index % 10) * 40_000).toISOString().replace(/\d\d\.\d{3}Z/, "00Z"),
    });
    const pageAt = (search: URLSearchParams): object => {
      const limit = Number(search.get("limit"));
      const first = Number(search.get("cursor"));
      if (first === 0) reads += 1;
      const couriers = Array.from({ length: Math.min(limit, total - first) }, (_, index) => courier(first + index));
      return first + limit < total ? { couriers, next_cursor: String(first + limit) } : { couriers };
    };
    window.fetch = async (input, init) => {
      const url = new URL(input instanceof Request ? input.url : String(input), location.href);
      if (url.pathname !== "/api/v1/couriers") return await send(input, init);
      return Response.json(pageAt(url.searchParams));
    };
  }, count);
}
