import { api, dataOf } from "~/api/client";
import type { Schema } from "~/api/schema";
import { type Headers, headersOf, type Step } from "../commands";

export type CellFate = NonNullable<Schema<"ScrapModule">["cells"]>;

export function voidBatch(step: Step, reason: string, headers: Headers) {
  const params = { path: { batch_id: step.id }, header: headersOf(step, headers) };
  return dataOf(api.PATCH("/v1/batches/{batch_id}/void", { params, body: { reason } }));
}

export function reworkPack(step: Step, reason: string, headers: Headers) {
  return dataOf(api.PATCH("/v1/packs/{pack_id}/rework", { params: paramsOfPack(step, headers), body: { reason } }));
}

export function voidPack(step: Step, reason: string, headers: Headers) {
  return dataOf(api.PATCH("/v1/packs/{pack_id}/void", { params: paramsOfPack(step, headers), body: { reason } }));
}

export function shipPack(step: Step, body: Schema<"ShipPack">, headers: Headers) {
  return dataOf(api.PATCH("/v1/packs/{pack_id}/ship", { params: paramsOfPack(step, headers), body }));
}

export function returnPack(body: Schema<"ReturnPack">, header: Headers) {
  return dataOf(api.POST("/v1/returns", { params: { header }, body }));
}

export function unbindModule(step: Step, moduleId: string, headers: Headers) {
  return dataOf(
    api.PATCH("/v1/packs/{pack_id}/unbind-module", { params: paramsOfPack(step, headers), body: { moduleId } }),
  );
}

/** Bind a module, whatever others have bound meanwhile; the API sees to the room. */
export function bindModule(packId: string, moduleId: string, header: Headers) {
  return dataOf(
    api.PATCH("/v1/packs/{pack_id}/bind-module", { params: { path: { pack_id: packId }, header }, body: { moduleId } }),
  );
}

export function scrapModule(step: Step, body: Schema<"ScrapModule">, headers: Headers) {
  return dataOf(api.PATCH("/v1/modules/{module_id}/scrap", { params: paramsOfModule(step, headers), body }));
}

export function unbindCell(step: Step, serial: string, headers: Headers) {
  return dataOf(
    api.PATCH("/v1/modules/{module_id}/unbind-cell", { params: paramsOfModule(step, headers), body: { serial } }),
  );
}

/** Bind a cell, whatever others have bound meanwhile; the API sees to the room. */
export function bindCell(moduleId: string, body: Schema<"BindCell">, header: Headers) {
  return dataOf(
    api.PATCH("/v1/modules/{module_id}/bind-cell", { params: { path: { module_id: moduleId }, header }, body }),
  );
}

function paramsOfPack(step: Step, headers: Headers) {
  return { path: { pack_id: step.id }, header: headersOf(step, headers) };
}

function paramsOfModule(step: Step, headers: Headers) {
  return { path: { module_id: step.id }, header: headersOf(step, headers) };
}
