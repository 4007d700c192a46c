/** What is added to a work order and taken back. None of it changes the version of the order. */

import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";

export const RECORD_LABOUR = "maintenance.labour.record";
export const RECORD_PARTS = "maintenance.part.record";

type Key = { "Idempotency-Key": string };

export function addLabour(orderId: string, body: Schema<"AddLabour">, header: Key) {
  const params = { path: { work_order_id: orderId }, header };
  return dataOf(api.POST("/v1/work-orders/{work_order_id}/labour", { params, body }));
}

export function removeLabour(orderId: string, labourId: string, header: Key) {
  const params = { path: { work_order_id: orderId, labour_id: labourId }, header };
  return dataOf(api.DELETE("/v1/work-orders/{work_order_id}/labour/{labour_id}", { params }));
}

export function addPart(orderId: string, body: Schema<"AddPart">, header: Key) {
  const params = { path: { work_order_id: orderId }, header };
  return dataOf(api.POST("/v1/work-orders/{work_order_id}/parts", { params, body }));
}

export function removePart(orderId: string, partId: string, header: Key) {
  const params = { path: { work_order_id: orderId, part_id: partId }, header };
  return dataOf(api.DELETE("/v1/work-orders/{work_order_id}/parts/{part_id}", { params }));
}
