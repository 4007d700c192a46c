import { expect, test } from "vitest";
import type { Measured, ReportRow } from "./queries";
import { capabilityTone, failuresOf, lowestCpk, nameOf, plotOf, plotText } from "./values";

const VOLTAGE: Measured = {
  skuId: "SKU-1",
  source: "packTest",
  step: "EOL",
  name: "Voltage",
  unit: "V",
  min: 350,
  max: 420,
  count: 44,
  below: 3,
  above: 0,
  missing: 1,
  mean: 384.25,
  standardDeviation: 9.5,
  cp: 1.22807,
  cpk: 1.201754,
};

const ROW: ReportRow = {
  skuId: "SKU-1",
  skuName: "Traction 60",
  batchId: null,
  station: null,
  firstDispositions: 40,
  firstPassed: 37,
  firstPassYield: 0.925,
  passed: 39,
  failed: 1,
  quarantined: 2,
  finalYield: 0.975,
  tests: 44,
  testsFailed: 4,
  testYield: 0.909091,
  measurements: [VOLTAGE],
};

test("failures of a measurement are summed over all rows, the most first", () => {
  const leak = { ...VOLTAGE, name: "Leak", below: 0, above: 9, missing: 0 };
  const fine = { ...VOLTAGE, name: "Fine", below: 0, above: 0, missing: 0 };
  const rows = [ROW, { ...ROW, measurements: [leak, fine] }, ROW];
  expect(failuresOf(rows)).toEqual([
    { name: "EOL: Leak", below: 0, above: 9, missing: 0 },
    { name: "EOL: Voltage", below: 6, above: 0, missing: 2 },
  ]);
});

test("a plot holds the limits and three standard deviations", () => {
  const { from, to } = plotOf({ ...VOLTAGE, max: null });
  expect(from).toBeLessThan(350);
  expect(to).toBeGreaterThan(384.25 + 3 * 9.5);
  expect(plotText(VOLTAGE)).toBe("Limits: 350 to 420 V; mean 384.25, three standard deviations from 355.75 to 412.75");
  expect(plotText({ ...VOLTAGE, min: null, mean: null, standardDeviation: null })).toBe("Limit: at most 420 V");
});

test("rows are named by what they are about, and the lowest Cpk is that of the row", () => {
  expect(nameOf(ROW, "sku")).toBe("Traction 60");
  expect(nameOf({ ...ROW, skuId: null, skuName: null, station: null }, "station")).toBe("No station");
  expect(lowestCpk({ ...ROW, measurements: [VOLTAGE, { ...VOLTAGE, cpk: -0.5 }, { ...VOLTAGE, cpk: null }] })).toBe(
    -0.5,
  );
  expect(lowestCpk({ ...ROW, measurements: [] })).toBeNull();
  expect([1.33, 1.2, 0.99].map(capabilityTone)).toEqual(["good", "warning", "bad"]);
});
