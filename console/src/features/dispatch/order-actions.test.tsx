import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { refusal, show, stubApi } from "../../../tests/support/render";
import AssignDialog from "./assign-dialog";
import OrderActions from "./order-actions";
import type { Courier, Order } from "./queries";
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

const FREE: Courier[] = [
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
      refusal(409, "WORKFLOW_VIOLATION", "Cannot cancel an order in state delivered."),
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
  ["COURIER_BUSY", "Sem Bakker has taken another order meanwhile. Choose somebody else."],
  ["COURIER_OFF_DUTY", "Sem Bakker has gone off duty meanwhile. Choose somebody else."],
])("a courier who cannot take the order any more (%s) is named, and another one can be chosen", async (code, text) => {
  stubApi({ ...COURIERS, "POST /v1/orders/order-1/assign": () => refusal(409, code, "Refused.") });
  show(<AssignDialog order={ORDER} courier={FREE[1]} onClose={() => undefined} />);
  const dialog = await screen.findByRole("dialog");
  expect(within(dialog).queryAllByRole("radio")).toEqual([]);
  await userEvent.click(within(dialog).getByRole("button", { name: "Assign" }));
  expect(await within(dialog).findByText(text)).toBeTruthy();
  expect(await within(dialog).findAllByRole("radio")).toHaveLength(2);
});

/** Shows an order whose courier accepts it when it is read again. */
function Changing({ order }: { order: Order }) {
  const [current, setCurrent] = useState(order);
  return (
    <>
      <OrderActions order={current} />
      <button type="button" onClick={() => setCurrent({ ...order, status: "accepted", version: 2 })}>
        Read again
      </button>
    </>
  );
}

test("a step names the version that was seen; a change meanwhile is told, and the same press goes on", async () => {
  const versions: (string | null)[] = [];
  stubApi({
    "POST /v1/orders/order-1/release": (request) => {
      versions.push(request.headers.get("If-Match"));
      return versions.length === 1 ? refusal(409, "VERSION_CONFLICT", "Read it again.") : ORDER;
    },
  });
  show(<Changing order={{ ...ORDER, status: "assigned", assigned_courier: "courier-1" }} />);
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  await userEvent.click(await screen.findByRole("menuitem", { name: "Take from the courier" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText("Reason"), "The courier called in");
  await userEvent.click(within(dialog).getByRole("button", { name: "Take from the courier" }));
  expect(await within(dialog).findByText(/Somebody changed the order at the same moment/)).toBeTruthy();
  fireEvent.click(screen.getByText("Read again"));
  expect(await within(dialog).findByText(/It is now: Accepted/)).toBeTruthy();
  expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("The courier called in");
  await userEvent.click(within(dialog).getByRole("button", { name: "Take from the courier" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(versions).toEqual(['"1"', '"2"']);
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
