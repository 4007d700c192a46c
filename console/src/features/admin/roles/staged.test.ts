import { expect, test } from "vitest";
import type { Role } from "../queries";
import { effectOf, nextScope, othersChange, rebased, resultOf, type Staged, stage } from "./staged";

const ROLE: Role = {
  code: "clerk",
  name: "Clerk",
  version: 3,
  permissions: [
    { code: "audit.read", scope: "org" },
    { code: "identity.user.read", scope: "zone" },
  ],
};

function stagedWith(...changes: [string, "own" | "zone" | "org" | null][]) {
  const staged = changes.reduce<Staged>((all, [code, scope]) => stage(all, ROLE, code, scope), {});
  return staged.clerk;
}

test("a change back to what the role has is no change", () => {
  expect(stagedWith(["audit.read", null], ["audit.read", "org"])).toBeUndefined();
});

test("what is taken away includes a narrower scope", () => {
  const entry = stagedWith(["audit.read", null], ["identity.user.read", "own"], ["identity.role.read", "org"]);
  if (entry === undefined) throw new Error("Nothing is staged.");
  const { takes, gives } = effectOf(entry);
  expect(takes.map(({ permission }) => permission)).toEqual(["audit.read", "identity.user.read"]);
  expect(gives.map(({ permission }) => permission)).toEqual(["identity.role.read"]);
  expect(resultOf(entry)).toEqual([
    { code: "identity.user.read", scope: "own" },
    { code: "identity.role.read", scope: "org" },
  ]);
});

test("another person's change is found, and own changes are put on top of it", () => {
  const entry = stagedWith(["audit.read", null]);
  if (entry === undefined) throw new Error("Nothing is staged.");
  const now: Role = { ...ROLE, version: 4, permissions: [{ code: "audit.read", scope: "org" }] };
  expect(othersChange(entry, { ...ROLE, version: 9 })).toBeNull();
  expect(othersChange(entry, now)).toEqual({ "identity.user.read": ["zone", undefined] });
  expect(rebased(entry, now)).toMatchObject({ version: 4, changes: { "audit.read": null } });
  expect(rebased(entry, { ...now, permissions: [] })).toBeNull();
});

test("scopes follow each other in both directions", () => {
  expect(nextScope(null, 1)).toBe("own");
  expect(nextScope("org", 1)).toBeNull();
  expect(nextScope(null, -1)).toBe("org");
});
