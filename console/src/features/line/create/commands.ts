import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";
import { type Headers, headersOf, type Step } from "../commands";
import { exactJson } from "../exact";
import type { SkuBody } from "./sku-draft";

export function createBatch(body: Schema<"CreateBatch">, header: Headers) {
  return dataOf(api.POST("/v1/batches", { params: { header }, body }));
}

export function createModule(body: Schema<"CreateModule">, header: Headers) {
  return dataOf(api.POST("/v1/modules", { params: { header }, body }));
}

export function createPack(body: Schema<"CreatePack">, header: Headers) {
  return dataOf(api.POST("/v1/packs", { params: { header }, body }));
}

export function createSku(body: SkuBody, header: Headers) {
  // Decimals are text here, and numbers in what is sent.
  const sent = body as unknown as Schema<"CreateSku">;
  return dataOf(api.POST("/v1/skus", { params: { header }, body: sent, bodySerializer: exactJson }));
}

export function editSku(step: Step, body: Partial<SkuBody>, headers: Headers) {
  const params = { path: { sku_id: step.id }, header: headersOf(step, headers) };
  const sent = body as unknown as Schema<"EditSku">;
  return dataOf(api.PATCH("/v1/skus/{sku_id}", { params, body: sent, bodySerializer: exactJson }));
}

export function retireSku(step: Step, headers: Headers) {
  const params = { path: { sku_id: step.id }, header: headersOf(step, headers) };
  return dataOf(api.PATCH("/v1/skus/{sku_id}/retire", { params }));
}
