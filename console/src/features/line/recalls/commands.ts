import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";
import { type Headers, headersOf, type Step } from "../commands";

/** The most units that one request marks. */
const AT_ONCE = 90;

export interface Mark {
  serials: readonly string[];
  handled: boolean;
  note?: string | undefined;
}

export function openRecall(body: Schema<"OpenRecall">, header: Headers) {
  return dataOf(api.POST("/v1/recalls", { params: { header }, body }));
}

/** Mark units of a case, some at a time. What was marked stays if a later request fails, and may be sent again. */
export async function markUnits(id: string, { serials, handled, note }: Mark, headers: Headers): Promise<void> {
  for (let start = 0; start < serials.length; start += AT_ONCE) {
    const header = { "Idempotency-Key": `${headers["Idempotency-Key"]}-${start}` };
    const body = { serials: serials.slice(start, start + AT_ONCE), handled, ...(note === undefined ? {} : { note }) };
    await dataOf(api.PATCH("/v1/recalls/{recall_id}/units", { params: { path: { recall_id: id }, header }, body }));
  }
}

export function closeRecall(step: Step, reason: string, headers: Headers) {
  return dataOf(api.PATCH("/v1/recalls/{recall_id}/close", { params: paramsOf(step, headers), body: { reason } }));
}

export function cancelRecall(id: string, reason: string, header: Headers) {
  const params = { path: { recall_id: id }, header };
  return dataOf(api.PATCH("/v1/recalls/{recall_id}/cancel", { params, body: { reason } }));
}

export function reopenRecall(step: Step, reason: string, headers: Headers) {
  return dataOf(api.PATCH("/v1/recalls/{recall_id}/reopen", { params: paramsOf(step, headers), body: { reason } }));
}

function paramsOf(step: Step, headers: Headers) {
  return { path: { recall_id: step.id }, header: headersOf(step, headers) };
}
