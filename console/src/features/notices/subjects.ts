import type { QueryKey } from "@tanstack/react-query";
import type { PermissionRule } from "~/app/me";
import type { Notice } from "./queries";

/** Return the address that shows what a notification is about, or null if the person has no page for it. */
export function pathOf({ subject }: Notice, can: (rule: PermissionRule) => boolean): string | null {
  if (subject.kind !== "work_order") return null;
  const order = encodeURIComponent(subject.id);
  if (can("maintenance.workorder.list")) return `/repairs?order=${order}`;
  return can("maintenance.dashboard.read") ? `/repairs/mine?order=${order}` : null;
}

/** Return the keys of what a page shows of the subjects of a kind, so that it is read again. */
export function keysOf(kind: string): readonly QueryKey[] {
  return kind === "work_order" ? [["repairs"]] : [];
}
