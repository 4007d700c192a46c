/** The steps of work orders. Each names the version that the person saw, so that nobody undoes a change unseen. */

import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";

type Key = { "Idempotency-Key": string };

/** The work order of a step, in the version that the person saw. */
export interface Seen {
  id: string;
  version: number;
}

function paramsOf({ id, version }: Seen, header: Key) {
  return { path: { work_order_id: id }, header: { ...header, "If-Match": `"${version}"` } };
}

export function assign(order: Seen, technicianId: string, key: Key) {
  const params = paramsOf(order, key);
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/assign", { params, body: { technicianId } }));
}

export function outsource(order: Seen, body: Schema<"WorkOrderOutsourcing">, key: Key) {
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/outsource", { params: paramsOf(order, key), body }));
}

export function start(order: Seen, key: Key) {
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/start", { params: paramsOf(order, key) }));
}

export function finish(order: Seen, fixNote: string, key: Key) {
  const body = fixNote === "" ? {} : { fixNote };
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/done", { params: paramsOf(order, key), body }));
}

export function giveBack(order: Seen, reason: string, key: Key) {
  const params = paramsOf(order, key);
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/return", { params, body: { reason } }));
}

export function hold(order: Seen, body: Schema<"WorkOrderHold">, key: Key) {
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/hold", { params: paramsOf(order, key), body }));
}

export function resume(order: Seen, key: Key) {
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/resume", { params: paramsOf(order, key) }));
}

export function finishByVendor(order: Seen, body: Schema<"VendorReport">, key: Key) {
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/vendor-done", { params: paramsOf(order, key), body }));
}

export function recall(order: Seen, key: Key) {
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/recall", { params: paramsOf(order, key) }));
}

export function cancel(order: Seen, reason: string, key: Key) {
  const params = paramsOf(order, key);
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/cancel", { params, body: { reason } }));
}

export function reopen(order: Seen, reason: string, key: Key) {
  const params = paramsOf(order, key);
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}/reopen", { params, body: { reason } }));
}

export function edit(order: Seen, body: Schema<"WorkOrderEdit">, key: Key) {
  return dataOf(api.PATCH("/v1/work-orders/{work_order_id}", { params: paramsOf(order, key), body }));
}

export function create(body: Schema<"CreateWorkOrder">, header: Key) {
  return dataOf(api.POST("/v1/work-orders", { params: { header }, body }));
}
