import type { Schema } from "~/api/schema";
import type { States } from "~/components/status-badge";
import type { Order } from "./queries";
import { texts } from "./texts";

export type OrderState = Schema<"DispatchOrderState">;

/** How the states of an order are shown. A new state of the API is a type error here. */
export const ORDER_STATES: States<OrderState> = {
  scheduled: { label: texts.states.scheduled, tone: "neutral" },
  assigned: { label: texts.states.assigned, tone: "info" },
  accepted: { label: texts.states.accepted, tone: "active" },
  arrived: { label: texts.states.arrived, tone: "active" },
  picked_up: { label: texts.states.picked_up, tone: "active" },
  delivered: { label: texts.states.delivered, tone: "good" },
  no_nearby_driver: { label: texts.states.no_nearby_driver, tone: "warning" },
  undeliverable: { label: texts.states.undeliverable, tone: "warning" },
  returned: { label: texts.states.returned, tone: "neutral" },
  canceled_by_customer: { label: texts.states.canceled_by_customer, tone: "neutral" },
  canceled_by_dispatcher: { label: texts.states.canceled_by_dispatcher, tone: "neutral" },
};

/** Whether an order without a courier still waits for one: the server looks for one until the wait is over. */
export function isWaiting({ status, waiting_until: until }: Order): boolean {
  return status === "no_nearby_driver" && until !== undefined;
}

const ENDED: readonly OrderState[] = ["delivered", "returned", "canceled_by_customer", "canceled_by_dispatcher"];

/** Whether nothing can happen to an order any more. */
export function hasEnded(state: OrderState): boolean {
  return ENDED.includes(state);
}

export function stateName(order: Order): string {
  return isWaiting(order) ? texts.waiting : (ORDER_STATES[order.status]?.label ?? order.status);
}

export const STATE_OPTIONS = Object.entries(ORDER_STATES).map(([value, { label }]) => ({ value, label }));
