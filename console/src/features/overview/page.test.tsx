import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import OverviewPage from "./page";
import type { Overview } from "./queries";

const HOURS = Array.from({ length: 24 }, () => 0);
const DISPATCH: NonNullable<Overview["dispatch"]> = {
  states: {
    assigned: 1000,
    accepted: 3,
    arrived: 1,
    pickedUp: 4,
    delivered: 41,
    noNearbyDriver: 1,
    canceledByCustomer: 2,
    canceledByDispatcher: 0,
    undeliverable: 0,
    returned: 0,
  },
  atLeast: ["assigned"],
  hours: {
    created: [...HOURS.slice(2), 21, 19],
    delivered: [...HOURS.slice(2), 17, 15],
    noNearbyDriver: HOURS,
    canceledByCustomer: HOURS,
    canceledByDispatcher: HOURS,
    undeliverable: HOURS,
    returned: HOURS,
  },
};
const FIRST_HOUR = "2026-03-13T10:00:00Z";
const DISPATCHER = personWith("dispatch.order.manage");

function answer(overview: Partial<Overview>) {
  return { "GET /v1/overview": () => ({ firstHour: FIRST_HOUR, ...overview }), "GET /config.json": () => ({}) };
}

test("a section shows its numbers, with a mark where there may be more, and leads to the filtered list", async () => {
  stubApi(answer({ dispatch: DISPATCH }));
  show(<OverviewPage />, { me: DISPATCHER });
  const offered = await screen.findByRole("link", { name: /Offered/ });
  expect(offered.textContent).toContain("1,000+");
  expect(offered.getAttribute("href")).toBe("/dispatch/orders?status=assigned");
  const delivered = screen.getByRole("link", { name: /Delivered/ });
  expect(delivered.getAttribute("href")).toBe("/dispatch/orders?status=delivered&from=2026-03-14T00%3A00%3A00.000Z");
  expect(screen.getByText("21 created, 17 delivered")).toBeTruthy();
});

test("only the sections of the response are shown", async () => {
  stubApi(answer({ dispatch: DISPATCH }));
  show(<OverviewPage />, { me: DISPATCHER });
  await screen.findByRole("heading", { name: "Deliveries" });
  expect(screen.queryByRole("heading", { name: "Packing" })).toBeNull();
  expect(screen.queryByText("Nothing has been recorded yet")).toBeNull();
});

test("a deployment without any work shows what to do first", async () => {
  const states = { pending: 0, packing: 0, packed: 0 };
  stubApi(answer({ packing: { states, atLeast: [], hours: { created: HOURS, packed: HOURS } } }));
  show(<OverviewPage />, { me: personWith("packing.shipment.read") });
  const steps = await screen.findByRole("region", { name: "Nothing has been recorded yet" });
  expect(within(steps).getByText(/Import shipments/)).toBeTruthy();
});

test("an error names its code", async () => {
  stubApi({ "GET /v1/overview": () => refusal(500, "INTERNAL_ERROR", "Internal error.") });
  show(<OverviewPage />, { me: DISPATCHER });
  expect(await screen.findByText("INTERNAL_ERROR")).toBeTruthy();
});
