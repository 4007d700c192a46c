import { api, dataOf } from "~/api/client";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { toast } from "~/components/toast";
import { exactJson } from "./exact";
import type { Measurement } from "./limits";
import { keys } from "./queries";
import type { Disposition } from "./states";
import { texts } from "./texts";

/** A step of one entity, without a body. `version` is the one that the person saw. */
export interface Step {
  id: string;
  version: number;
}

export interface DispositionInput extends Step {
  disposition: Disposition;
  notes?: string | undefined;
  measurements?: Readonly<Record<string, Measurement>> | undefined;
}

export type Headers = { "Idempotency-Key": string };

export function headersOf({ version }: Step, headers: Headers) {
  return { ...headers, "If-Match": `"${version}"` };
}

function useStep(send: (step: Step, headers: Headers) => Promise<unknown>, done: string) {
  return useCommand<unknown, Step>({ send, invalidates: [keys.all], onSuccess: () => toast.success(done) });
}

export function useStartBatch() {
  return useStep(
    (step, headers) =>
      dataOf(
        api.PATCH("/v1/batches/{batch_id}/start", {
          params: { path: { batch_id: step.id }, header: headersOf(step, headers) },
        }),
      ),
    texts.batch.started,
  );
}

export function useCompleteBatch() {
  return useStep(
    (step, headers) =>
      dataOf(
        api.PATCH("/v1/batches/{batch_id}/complete", {
          params: { path: { batch_id: step.id }, header: headersOf(step, headers) },
        }),
      ),
    texts.batch.completed,
  );
}

export function useSealModule() {
  return useStep(
    (step, headers) =>
      dataOf(
        api.PATCH("/v1/modules/{module_id}/seal", {
          params: { path: { module_id: step.id }, header: headersOf(step, headers) },
        }),
      ),
    texts.module.sealed,
  );
}

export function useSealPack() {
  return useStep(
    (step, headers) =>
      dataOf(
        api.PATCH("/v1/packs/{pack_id}/seal", {
          params: { path: { pack_id: step.id }, header: headersOf(step, headers) },
        }),
      ),
    texts.pack.sealed,
  );
}

export function useActivateSku() {
  return useStep(
    (step, headers) =>
      dataOf(
        api.PATCH("/v1/skus/{sku_id}/activate", {
          params: { path: { sku_id: step.id }, header: headersOf(step, headers) },
        }),
      ),
    texts.sku.activated,
  );
}

export function useDisposePack() {
  return useCommand<unknown, DispositionInput>({
    send: ({ disposition, notes, measurements, ...step }, headers) =>
      dataOf(
        api.PATCH("/v1/packs/{pack_id}/disposition", {
          params: { path: { pack_id: step.id }, header: headersOf(step, headers) },
          // Decimals are text here, and numbers in what is sent.
          body: { disposition, notes, measurements } as unknown as Schema<"Decision">,
          bodySerializer: exactJson,
        }),
      ),
    invalidates: [keys.all],
    onSuccess: (_, { disposition }) => toast.success(texts.disposition.done[disposition]),
  });
}
