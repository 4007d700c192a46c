/** What a dispatcher does to orders. */

import { api, dataOf } from "~/api/client";

type Key = { "Idempotency-Key": string };

/** A step that asks for a reason. */
export type ReasonStep = "release" | "undeliverable" | "deliver" | "cancel";

function paramsOf(orderId: string, header: Key) {
  return { path: { order_id: orderId }, header };
}

export function assign(orderId: string, courierId: string, key: Key) {
  const params = paramsOf(orderId, key);
  return dataOf(api.POST("/v1/orders/{order_id}/assign", { params, body: { courier_id: courierId } }));
}

export function takeStep(step: ReasonStep, orderId: string, reason: string, key: Key) {
  const init = { params: paramsOf(orderId, key), body: { reason } };
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
