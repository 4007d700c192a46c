/** Couriers and orders of a flow, which are gone when it ends, so that they are in no other flow's way. */

import { expect } from "vitest";
import { type Person, person } from "./api";

export interface Order {
  id: string;
  /** Only the customer reads it. */
  delivery_pin?: string;
}

export interface Deliveries {
  /** Put a courier on duty at a position. */
  onDuty: (username: string, latitude: number, longitude: number) => Promise<Person>;
  order: (username: string, body: object) => Promise<Order>;
  /** Wait until an order is offered to a courier. */
  offered: (order: Order, courier: Person) => Promise<void>;
  /** Take the order through the steps of its courier: `accept` (once it is offered), `arrived`, `picked`. */
  carry: (courier: Person, order: Order, ...steps: readonly string[]) => Promise<void>;
  end: () => Promise<void>;
}

export function deliveries(url: string): Deliveries {
  const undo: (() => Promise<unknown>)[] = [];
  /** A courier may have to let an offer pass that waited where they came on duty. */
  async function offered({ id }: Order, courier: Person): Promise<void> {
    const dispatcher = await person(url, "dispatcher1");
    const read = () => dispatcher.call<{ assigned_courier?: string }>("GET", `/v1/orders/${id}`);
    await expect.poll(async () => (await read()).assigned_courier, { timeout: 60_000 }).toBe(courier.id);
  }
  return {
    offered,
    async onDuty(username, latitude, longitude) {
      const courier = await person(url, username);
      await courier.call("POST", "/v1/courier/availability", { available: true });
      undo.push(() => courier.call("POST", "/v1/courier/availability", { available: false }));
      await courier.call("POST", "/v1/courier/location", { latitude, longitude });
      return courier;
    },
    async order(username, body) {
      const customer = await person(url, username);
      const { order } = await customer.call<{ order: Order }>("POST", "/v1/orders", body);
      const dispatcher = await person(url, "dispatcher1");
      undo.push(() => dispatcher.call("POST", `/v1/orders/${order.id}/cancel`, { reason: "The flow has ended." }));
      return order;
    },
    async carry(courier, order, ...steps) {
      for (const step of steps) {
        if (step === "accept") await offered(order, courier);
        await courier.call("POST", `/v1/courier/orders/${step}`, { order_id: order.id, courier_id: courier.id });
      }
    },
    async end() {
      for (const step of undo.splice(0).reverse()) await step().catch(() => undefined);
    },
  };
}
