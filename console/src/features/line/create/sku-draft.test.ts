import { expect, test } from "vitest";
import type { Sku } from "../queries";
import { bodyOf, changesOf, draftOf, EMPTY, errorsOf } from "./sku-draft";

const SKU: Sku = {
  id: "SKU-1",
  name: "Rack",
  chemistry: "LFP",
  cellsPerModule: 12,
  modulesPerPack: 8,
  nominalVoltage: "38.40",
  limits: { Voltage: { min: "36.0", max: "43.8", unit: "V" } },
  tests: [{ step: "EOL", required: true, limits: { Insulation: { min: "500", unit: "MOhm" } } }],
  passport: {
    manufacturer: { text: "Volta" },
    ratedCapacity: { value: "156", unit: "Ah" },
    temperatureRange: { min: "-20", max: "60", unit: "°C" },
  },
  status: "DRAFT",
  version: 1,
  createdAt: "2026-03-14T09:26:53Z",
  updatedAt: "2026-03-14T09:26:53Z",
};

test("a SKU that nobody edited is sent as it was", () => {
  const body = bodyOf(draftOf(SKU));
  expect(body).toMatchObject({ nominalVoltage: "38.40", limits: SKU.limits, tests: SKU.tests, passport: SKU.passport });
  expect(body).toMatchObject({ skuCode: null, gtins: null, moduleTests: null, requireLot: false });
  expect(errorsOf(draftOf(SKU))).toEqual({});
});

test("only what was changed is sent, and null where something was removed", () => {
  const stored = draftOf(SKU);
  const next = bodyOf({ ...stored, limits: [], nominalVoltage: "38,4", cellsPerModule: "13" });
  expect(changesOf(bodyOf(stored), next)).toEqual({ limits: null, nominalVoltage: "38.4", cellsPerModule: 13 });
});

test("what is incomplete is named by its place", () => {
  const limit = { name: "Voltage", min: "", max: "", unit: "V" };
  const errors = errorsOf({
    ...EMPTY,
    name: "Rack",
    cellsPerModule: "0",
    modulesPerPack: "8",
    limits: [limit, { ...limit, min: "many" }],
    tests: [{ step: "", required: true, limits: [limit] }],
    passport: [
      { name: "capacity", value: "much", unit: "Ah" },
      { name: "range", value: "10 to 20", unit: "°C" },
    ],
  });
  expect(Object.keys(errors).sort()).toEqual([
    "cellsPerModule",
    "chemistry",
    "limits.0",
    "limits.1",
    "passport.0",
    "tests.0",
    "tests.0.limits.0",
  ]);
});
