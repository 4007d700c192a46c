import { type ComponentType, lazy, Suspense } from "react";
import { features } from "~/features";
import type { PermissionRule } from "./me";
import { useCan } from "./me";

interface Loaded {
  id: string;
  permission: PermissionRule;
  Component: ComponentType;
}

const entries: readonly Loaded[] = features.flatMap(({ id, bar }) =>
  bar === undefined ? [] : [{ id, permission: bar.permission, Component: lazy(bar.load) }],
);

/** What features show in the bar above every page. */
export function BarEntries() {
  const can = useCan();
  return entries
    .filter(({ permission }) => can(permission))
    .map(({ id, Component }) => (
      <Suspense key={id}>
        <Component />
      </Suspense>
    ));
}
