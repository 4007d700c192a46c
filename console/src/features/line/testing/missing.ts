/** Which required steps of a module or pack have no test that counts. The server decides by the same rule. */

import type { ModuleDetail, PackDetail, Sku } from "../queries";

export type UnitTest = PackDetail["tests"][number];
export type PlannedStep = NonNullable<Sku["tests"]>[number];
export type Problem = "missing" | "outdated" | "failed";

export interface StepProblem {
  step: string;
  problem: Problem;
}

/** A module or pack as far as its tests need it. */
export interface TestedUnit {
  kind: "module" | "pack";
  id: string;
  serial: string;
  steps: readonly PlannedStep[];
  /** The newest tests, oldest first. */
  tests: readonly UnitTest[];
  /** Whether a test was made of the present content. */
  counts: (test: UnitTest) => boolean;
}

export function testedPack({ id, serial, sku, tests, attempt }: PackDetail): TestedUnit {
  const counts = (test: UnitTest): boolean => test.attempt === attempt;
  return { kind: "pack", id, serial, steps: sku.tests ?? [], tests, counts };
}

export function testedModule({ id, serial, sku, tests, version, status }: ModuleDetail): TestedUnit {
  // Sealing is a change as well; what was tested before it stays in the module.
  const counts = (test: UnitTest): boolean => status !== "IN_PROGRESS" || test.moduleVersion === version;
  return { kind: "module", id, serial, steps: sku.moduleTests ?? [], tests, counts };
}

/** Return the required steps of which no test is among these, although older ones may exist. */
export function unknownSteps({ steps, tests }: TestedUnit): readonly string[] {
  const isComplete = tests[0] === undefined || tests[0].number === 1;
  if (isComplete) return [];
  const known = new Set(tests.map(({ step }) => step));
  return steps.filter(({ step, required }) => required && !known.has(step)).map(({ step }) => step);
}

/** Return each required step without a test that counts; `older` are the newest tests of steps that are not shown. */
export function missingSteps(unit: TestedUnit, older: readonly UnitTest[] = []): readonly StepProblem[] {
  const newest = new Map([...older, ...unit.tests].map((test) => [test.step, test]));
  return unit.steps
    .filter(({ required }) => required)
    .flatMap(({ step }) => {
      const problem = problemOf(newest.get(step), unit);
      return problem === null ? [] : [{ step, problem }];
    });
}

function problemOf(test: UnitTest | undefined, { counts }: TestedUnit): Problem | null {
  if (test === undefined) return "missing";
  if (!counts(test)) return "outdated";
  return test.passed ? null : "failed";
}
