import { expect, test } from "vitest";
import { missingSteps, type TestedUnit, type UnitTest, unknownSteps } from "./missing";

function testOf(number: number, step: string, passed: boolean, attempt = 2): UnitTest {
  const by = { recordedAt: "2026-03-14T09:26:53Z", recordedBy: "Noor", recordedById: "u" };
  return { number, step, passed, result: "PASS", measurements: {}, attempt, ...by };
}

function unitWith(...tests: UnitTest[]): TestedUnit {
  const steps = ["EOL", "LEAK", "OCV"].map((step) => ({ step, required: step !== "OCV", limits: {} }));
  return { kind: "pack", id: "PCK-1", serial: "P-1", steps, tests, counts: ({ attempt }) => attempt === 2 };
}

test("the newest test of each required step has to pass, of the present attempt", () => {
  expect(missingSteps(unitWith())).toEqual([
    { step: "EOL", problem: "missing" },
    { step: "LEAK", problem: "missing" },
  ]);
  const unit = unitWith(testOf(1, "EOL", true, 1), testOf(2, "LEAK", true), testOf(3, "LEAK", false));
  expect(missingSteps(unit)).toEqual([
    { step: "EOL", problem: "outdated" },
    { step: "LEAK", problem: "failed" },
  ]);
  expect(missingSteps(unitWith(testOf(1, "LEAK", true), testOf(2, "EOL", false), testOf(3, "EOL", true)))).toEqual([]);
});

test("a step whose test may be older than those that are shown is read", () => {
  expect(unknownSteps(unitWith(testOf(1, "EOL", true)))).toEqual([]);
  const unit = unitWith(testOf(22, "EOL", true));
  expect(unknownSteps(unit)).toEqual(["LEAK"]);
  expect(missingSteps(unit, [testOf(3, "LEAK", true)])).toEqual([]);
});
