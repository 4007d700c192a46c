import { QueryClientProvider } from "@tanstack/react-query";
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, test } from "vitest";
import { features } from "~/features";
import { personWith, stubApi } from "../../tests/support/render";
import { allows, MeProvider } from "./me";
import { useNavigation } from "./navigation";
import { createConsoleClient } from "./query-client";
import { nextPath } from "./session";

function entriesOf(...codes: string[]): string[] {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={createConsoleClient()}>
      <MeProvider me={personWith(...codes)}>{children}</MeProvider>
    </QueryClientProvider>
  );
  const { result } = renderHook(useNavigation, { wrapper });
  return result.current.flatMap((section) => section.entries.map((entry) => entry.to));
}

test("the navigation holds what the permissions allow", () => {
  stubApi({});
  expect(entriesOf()).not.toContain("/dispatch/orders");
  expect(entriesOf("dispatch.order.manage")).toContain("/dispatch/orders");
});

test("one of several permissions is enough, and no rule means everybody", () => {
  expect(allows(new Set(["a"]), ["a", "b"])).toBe(true);
  expect(allows(new Set(["c"]), ["a", "b"])).toBe(false);
  expect(allows(new Set(), undefined)).toBe(true);
});

test("every navigation entry leads to a page of its feature, with the same permission", () => {
  for (const feature of features) {
    const permissions = new Map(feature.routes.map((route) => [`/${route.path}`, route.permission]));
    for (const entry of feature.navigation) {
      expect(permissions.has(entry.to), entry.to).toBe(true);
      expect(entry.permission, entry.to).toEqual(permissions.get(entry.to));
    }
  }
});

test("paths are unique", () => {
  const paths = features.flatMap((feature) => feature.routes.map((route) => route.path));
  expect(paths).toEqual([...new Set(paths)]);
});

test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "/sign-in", ""])(
  "after sign-in %s is not followed",
  (next) => {
    expect(nextPath(`?next=${encodeURIComponent(next)}`)).toBe("/");
  },
);

test("after sign-in the page that was asked for is opened", () => {
  expect(nextPath("?next=%2Fdispatch%2Forders%3Fstatus%3Ddelivered")).toBe("/dispatch/orders?status=delivered");
});
