import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { refusal, show, stubApi } from "../../../tests/support/render";
import OrdersPage from "./orders-page";
import type { Order } from "./queries";

const ORDER: Order = {
  id: "019ceb1b-2248-78d9-9f6d-8d9f6d386d38",
  customer_id: "customer-1",
  status: "accepted",
  pickup_address: "Herengracht 1, Amsterdam",
  dropoff_address: "Prinsengracht 263, Amsterdam",
  receiver_phone: "+31207654321",
  version: 2,
  created_at: "2026-03-14T09:26:53Z",
  updated_at: "2026-03-14T09:27:01Z",
  assigned_courier: "courier-1",
};

const ANSWERS = {
  "GET /v1/orders": () => ({ orders: [ORDER] }),
  "GET /v1/couriers": () => ({ couriers: [{ id: "courier-1", name: "Lotte Visser", status: "busy" }] }),
  [`GET /v1/orders/${ORDER.id}`]: () => ORDER,
  [`GET /v1/orders/${ORDER.id}/timeline`]: () => ({
    order_id: ORDER.id,
    entries: [{ at: "2026-03-14T09:27:01Z", action: "ORDER_ACCEPTED", actor_id: "courier-1" }],
  }),
};

test("an order is listed with its state and the courier's name", async () => {
  stubApi(ANSWERS);
  show(<OrdersPage />);
  const row = await screen.findByRole("row", { name: /Herengracht 1/ });
  expect(row.textContent).toContain("Accepted");
  expect(await screen.findByRole("gridcell", { name: "Lotte Visser" })).toBeTruthy();
});

test("the filters in the address are sent to the API", async () => {
  const requests = stubApi({ ...ANSWERS, "GET /v1/orders": () => ({ orders: [] }) });
  show(<OrdersPage />, { path: "/?status=delivered&courier=courier-1" });
  expect(await screen.findByText("Nothing matches these filters")).toBeTruthy();
  const sent = requests.find((request) => new URL(request.url).pathname === "/api/v1/orders");
  expect(Object.fromEntries(new URL(sent?.url ?? "").searchParams)).toEqual({
    status: "delivered",
    courier_id: "courier-1",
    limit: "50",
  });
});

test("Enter opens the focused row with its timeline", async () => {
  stubApi(ANSWERS);
  const { router } = show(<OrdersPage />);
  const row = await screen.findByRole("row", { name: /Herengracht 1/ });
  row.focus();
  await userEvent.keyboard("{Enter}");
  expect(await screen.findByText("Accepted by the courier")).toBeTruthy();
  expect(router.state.location.search).toBe(`?order=${ORDER.id}`);
});

test("an error names its code and the request", async () => {
  stubApi({ ...ANSWERS, "GET /v1/orders": () => refusal(500, "INTERNAL_ERROR", "Internal error.") });
  show(<OrdersPage />);
  expect(await screen.findByText("INTERNAL_ERROR")).toBeTruthy();
  expect(screen.getByText("request-1")).toBeTruthy();
});
