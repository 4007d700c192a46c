import { expect, test } from "vitest";
import { ApiError } from "~/api/errors";
import { plain, refusalOf } from "./refusal";

function conflict(code: string, message: string, details: Record<string, unknown>): ApiError {
  return new ApiError(409, code, message, details, {}, null, null);
}

test("what is missing is said with the names of states that the console shows", () => {
  expect(plain("module MOD-1 is IN_PROGRESS and has to be SEALED")).toBe(
    "module MOD-1 is “In progress” and has to be “Sealed”",
  );
  expect(plain("the disposition is None and has to be PASS")).toBe(
    "the disposition is not decided yet and has to be “Passed”",
  );
});

test("a module that is in another pack leads to that pack", () => {
  const refusal = refusalOf(
    conflict("WORKFLOW_VIOLATION", "Cannot bind a module to a pack in state REWORK: module MOD-1 is in pack PCK-2.", {
      state: "REWORK",
      action: "bind-module",
      packId: "PCK-1",
      missing: ["module MOD-1 is in pack PCK-2"],
      modules: [{ moduleId: "MOD-1", packId: "PCK-2" }],
    }),
  );
  expect(refusal?.points).toEqual(["module MOD-1 is in pack PCK-2"]);
  expect(refusal?.links).toEqual([{ to: "/line/packs/PCK-2", label: "Show the pack" }]);
});

test("a state that does not allow a step is named", () => {
  const refusal = refusalOf(
    conflict("WORKFLOW_VIOLATION", "Cannot void a pack in state SHIPPED.", { state: "SHIPPED", action: "void" }),
  );
  expect(refusal?.message).toBe("This is not possible while the pack is in the state “Shipped”.");
});

test("a serial number in use leads to what has it, and one of another organisation to nothing", () => {
  const refusal = refusalOf(
    conflict("DUPLICATE_SERIAL", "Already in use: C-1, C-2.", {
      serial: "C-1",
      duplicates: [{ serial: "C-1", usedAs: "CELL", moduleId: "MOD-1" }, { serial: "C-2" }],
    }),
  );
  expect(refusal?.points).toEqual(["C-1, as a cell", "C-2, by another organisation"]);
  expect(refusal?.links).toEqual([{ to: "/line/modules/MOD-1", label: "Show the module" }]);
});

test("a change by somebody else and a sealed pack are said in words, and other errors by the API", () => {
  expect(refusalOf(conflict("VERSION_CONFLICT", "The resource has changed.", {}))?.message).toContain("Somebody else");
  expect(refusalOf(conflict("ENTITY_LOCKED", "Locked.", { state: "FINALIZED", action: "seal" }))?.message).toContain(
    "Rework opens it",
  );
  expect(refusalOf(conflict("LOT_BLOCKED", "The lot is blocked.", {}))).toBeNull();
  expect(refusalOf(new Error("Failed"))).toBeNull();
});

test("a refusal of what is on hold names each hold and its reason, and leads to the holds", () => {
  const holds = [{ id: "HLD-1", kind: "LOT", value: "L-7", reason: "electrolyte" }];
  const refusal = refusalOf(conflict("ON_HOLD", "On hold: LOT L-7 (electrolyte).", { holds, holdCount: 1 }));
  expect(refusal).toEqual({
    message: "This is on hold:",
    points: ["lot L-7: electrolyte"],
    links: [{ to: "/line/holds", label: "Show the holds" }],
  });
});
