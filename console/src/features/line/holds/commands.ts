import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";
import { type Headers, headersOf, type Step } from "../commands";

export function createHold(body: Schema<"CreateHold">, header: Headers) {
  return dataOf(api.POST("/v1/holds", { params: { header }, body }));
}

export function releaseHold(step: Step, reason: string, headers: Headers) {
  const params = { path: { hold_id: step.id }, header: headersOf(step, headers) };
  return dataOf(api.POST("/v1/holds/{hold_id}/release", { params, body: { reason } }));
}
