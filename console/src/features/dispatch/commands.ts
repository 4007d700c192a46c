/** What a dispatcher does to orders. Each names the version that the person saw, so that nobody undoes a change unseen. */

import { api, dataOf } from "~/api/client";
import type { Order } from "./queries";

type Key = { "Idempotency-Key": string };

/** A step that asks for a reason. */
export type ReasonStep = "release" | "undeliverable" | "deliver" | "cancel";

/** The order of a step, in the version that the person saw. */
export type Seen = Pick<Order, "id" | "version">;

function paramsOf({ id, version }: Seen, header: Key) {
  return { path: { order_id: id }, header: { ...header, "If-Match": `"${version}"` } };
}

export function assign(order: Seen, courierId: string, key: Key) {
  const params = paramsOf(order, key);
  return dataOf(api.POST("/v1/orders/{order_id}/assign", { params, body: { courier_id: courierId } }));
}

export function takeStep(step: ReasonStep, order: Seen, reason: string, key: Key) {
  const init = { params: paramsOf(order, key), body: { reason } };
  switch (step) {
    case "release":
      return dataOf(api.POST("/v1/orders/{order_id}/release", init));
    case "undeliverable":
      return dataOf(api.POST("/v1/orders/{order_id}/undeliverable", init));
    case "deliver":
      return dataOf(api.POST("/v1/orders/{order_id}/deliver", init));
    case "cancel":
      return dataOf(api.POST("/v1/orders/{order_id}/cancel", init));
  }
}

/** Make a link for the receiver. An earlier one ends at once. */
export function makeLink(orderId: string, header: Key) {
  return dataOf(api.POST("/v1/orders/{order_id}/tracking-link", { params: { path: { order_id: orderId }, header } }));
}

export function revokeLink(orderId: string, header: Key) {
  return dataOf(api.DELETE("/v1/orders/{order_id}/tracking-link", { params: { path: { order_id: orderId }, header } }));
}
