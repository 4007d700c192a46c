/** A production line for flows: a batch of a SKU of its own, and what is built in it. */

import { type Person, person } from "./api";

const SKU = {
  name: "Portable 2S for a name that is longer than most columns are wide",
  chemistry: "NMC",
  cellsPerModule: 2,
  modulesPerPack: 2,
  nominalVoltage: 7.4,
  limits: {
    Voltage: { min: 7.2, max: 8.4, unit: "V" },
    Resistance: { max: 12.125, unit: "mOhm" },
    Capacity: { min: 4.8, unit: "Ah" },
  },
};

export type Made = { data: { id: string } };

export interface Line {
  run: string;
  batchId: string;
  skuId: string;
  production: Person;
}

/** Start a batch of a new SKU; `more` are further fields of the SKU. */
export async function startLine(url: string, more: object = {}): Promise<Line> {
  const [shift, admin, production] = await Promise.all([
    person(url, "shift1"),
    person(url, "admin"),
    person(url, "production1"),
  ]);
  const run = Date.now().toString(36).toUpperCase();
  const sku = await shift.call<Made>("POST", "/v1/skus", { ...SKU, skuCode: `P2S-${run}`, ...more });
  await admin.call("PATCH", `/v1/skus/${sku.data.id}/activate`);
  const batch = await production.call<Made>("POST", "/v1/batches", {
    skuId: sku.data.id,
    targetQuantity: 3,
    notes: `Flow ${run}`,
  });
  await production.call("PATCH", `/v1/batches/${batch.data.id}/start`);
  return { run, batchId: batch.data.id, skuId: sku.data.id, production };
}

/** Build a module of two cells, and seal it. */
export async function buildModule({ run, batchId, production }: Line, part: string): Promise<string> {
  const module = await production.call<Made>("POST", "/v1/modules", { batchId, serial: `M-${run}-${part}` });
  await production.call("POST", `/v1/modules/${module.data.id}/bind-cells`, {
    serials: [1, 2].map((cell) => `C-${run}-${part}${cell}`),
    lot: `LOT-${run}`,
  });
  await production.call("PATCH", `/v1/modules/${module.data.id}/seal`);
  return module.data.id;
}

/** Build a pack until it is ready for its test. */
export async function buildPack(line: Line, number: number): Promise<string> {
  const moduleIds: string[] = [];
  for (const part of [1, 2]) moduleIds.push(await buildModule(line, `${number}${part}`));
  const { run, batchId, production } = line;
  const pack = await production.call<Made>("POST", "/v1/packs", { batchId, serial: `P-${run}-${number}`, moduleIds });
  await production.call("PATCH", `/v1/packs/${pack.data.id}/seal`);
  return pack.data.id;
}
