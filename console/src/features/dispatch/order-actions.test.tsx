import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { refusal, show, stubApi } from "../../../tests/support/render";
import OrderActions from "./order-actions";
import type { Order } from "./queries";
import { stepsFrom } from "./steps";

const ORDER: Order = {
  id: "order-1",
  customer_id: "customer-1",
  status: "no_nearby_driver",
  pickup_address: "Rokin 5, Amsterdam",
  pickup_lat: 52.37,
  pickup_lng: 4.89,
  dropoff_address: "Sarphatipark 10, Amsterdam",
  receiver_phone: "+31205550203",
  version: 1,
  created_at: "2026-03-14T09:26:53Z",
  updated_at: "2026-03-14T09:26:53Z",
};

const FREE = [
  { id: "courier-1", name: "Lotte Visser", status: "free" },
  { id: "courier-2", name: "Sem Bakker", status: "free", latitude: 52.371, longitude: 4.89 },
];
const COURIERS = {
  "GET /v1/couriers": (request: Request) => ({
    couriers: new URL(request.url).searchParams.has("near") ? FREE.slice(1) : FREE,
  }),
};

test("a waiting order is assigned by keyboard, to one of the couriers without an order, the nearest first", async () => {
  const sent: unknown[] = [];
  stubApi({
    ...COURIERS,
    "POST /v1/orders/order-1/assign": async (request) => {
      sent.push(await request.clone().json());
      return ORDER;
    },
  });
  show(<OrderActions order={ORDER} />);
  screen.getByRole("button", { name: "Assign" }).focus();
  await userEvent.keyboard("{Enter}");
  const dialog = await screen.findByRole("dialog");
  const choices = await within(dialog).findAllByRole("radio");
  expect(choices.map(({ textContent }) => textContent)).toEqual(["Sem Bakker111 m", "Lotte Visserno position"]);
  choices[0]?.focus();
  await userEvent.keyboard(" ");
  await userEvent.click(within(dialog).getByRole("button", { name: "Assign" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent).toEqual([{ courier_id: "courier-2" }]);
});

test("nobody is assigned without a choice", async () => {
  stubApi(COURIERS);
  show(<OrderActions order={ORDER} />);
  await userEvent.click(screen.getByRole("button", { name: "Assign" }));
  const dialog = await screen.findByRole("dialog");
  await within(dialog).findAllByRole("radio");
  await userEvent.click(within(dialog).getByRole("button", { name: "Assign" }));
  expect(await within(dialog).findByText("Choose a courier.")).toBeTruthy();
});

test("a refused step stays open with its reason, and says why it was refused", async () => {
  stubApi({
    "POST /v1/orders/order-1/cancel": () =>
      refusal(409, "INVALID_TRANSITION", "Cannot cancel an order in state delivered."),
  });
  show(<OrderActions order={{ ...ORDER, status: "picked_up", assigned_courier: "courier-1" }} />);
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Cancel order" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText("Reason"), "The shop is closed");
  await userEvent.click(within(dialog).getByRole("button", { name: "Cancel order" }));
  expect(await within(dialog).findByText("Cannot cancel an order in state delivered.")).toBeTruthy();
  expect((within(dialog).getByLabelText("Reason") as HTMLTextAreaElement).value).toBe("The shop is closed");
});

test.each([
  ["no_nearby_driver", ["assign", "cancel"]],
  ["scheduled", ["cancel"]],
  ["accepted", ["assign", "release", "cancel"]],
  ["picked_up", ["undeliverable", "deliver", "cancel"]],
  ["undeliverable", ["undeliverable", "cancel"]],
  ["delivered", []],
] as const)("an order in state %s takes the steps %j", (state, steps) => {
  expect(stepsFrom(state)).toEqual(steps);
});
