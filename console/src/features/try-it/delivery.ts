import type { People } from "./people";
import { type Story, textAt } from "./story";
import { texts } from "./texts";

/** In Haarlem, where no other demo courier is. */
const PICKUP = { latitude: 52.3812, longitude: 4.6367 };
const COURIER = "courier4";
const CUSTOMER = "customer2";

const { steps } = texts.delivery;

/** How a courier gets rid of an order, by its state. */
const ENDINGS: Readonly<Record<string, string>> = {
  assigned: "decline",
  accepted: "cancel",
  arrived: "cancel",
  picked_up: "delivered",
};

export const delivery: Story = {
  id: "delivery",
  title: texts.delivery.title,
  text: texts.delivery.text,
  watch: { to: "/dispatch/map", label: texts.delivery.watch },
  prepare,
  steps: [
    {
      ...steps.location,
      call: () => ({
        who: COURIER,
        method: "POST",
        path: "/v1/courier/location",
        body: { latitude: PICKUP.latitude + 0.0004, longitude: PICKUP.longitude },
      }),
    },
    {
      ...steps.duty,
      call: () => ({ who: COURIER, method: "POST", path: "/v1/courier/availability", body: { available: true } }),
    },
    {
      ...steps.order,
      call: () => ({
        who: CUSTOMER,
        method: "POST",
        path: "/v1/orders",
        body: {
          pickup_address: "Grote Markt 2, Haarlem",
          pickup_lat: PICKUP.latitude,
          pickup_lng: PICKUP.longitude,
          dropoff_address: "Spaarne 16, Haarlem",
          dropoff_lat: 52.3803,
          dropoff_lng: 4.6403,
          receiver_phone: "+31205550202",
        },
      }),
      keep: (body) => ({ order: textAt(body, "order.id") }),
    },
    { ...steps.accept, call: (memory, people) => courierStep("accept", memory.order, people) },
    { ...steps.arrived, call: (memory, people) => courierStep("arrived", memory.order, people) },
    { ...steps.picked, call: (memory, people) => courierStep("picked", memory.order, people) },
    { ...steps.delivered, call: (memory, people) => courierStep("delivered", memory.order, people) },
    { ...steps.look, call: ({ order }) => ({ who: CUSTOMER, method: "GET", path: `/v1/orders/${order}` }) },
    {
      ...steps.home,
      call: () => ({ who: COURIER, method: "POST", path: "/v1/courier/availability", body: { available: false } }),
    },
  ],
};

async function courierStep(step: string, orderId = "", people: People) {
  const body = { order_id: orderId, courier_id: await people.idOf(COURIER) };
  return { who: COURIER, method: "POST", path: `/v1/courier/orders/${step}`, body } as const;
}

/** Ends what the courier has in hand, and the duty, so that no order that waits elsewhere is offered at the next step. */
async function prepare(people: People): Promise<void> {
  const { body } = await people.send({ who: COURIER, method: "GET", path: "/v1/courier/active-order" });
  const ending = ENDINGS[textAt(body, "order.status")];
  if (ending !== undefined) await people.send(await courierStep(ending, textAt(body, "order.id"), people));
  await people.send({ who: COURIER, method: "POST", path: "/v1/courier/availability", body: { available: false } });
}
