import { type ReactNode, useEffect } from "react";
import { StateMessage } from "~/components/state-message";
import { common } from "~/texts/common";
import { type PermissionRule, useCan } from "./me";

interface GuardedProps {
  title: string;
  permission: PermissionRule;
  children: ReactNode;
}

/** Names the tab, and shows a page only to those who may open it. */
export function Guarded({ title, permission, children }: GuardedProps) {
  const allowed = useCan()(permission);
  useEffect(() => {
    document.title = `${title} · ${common.product}`;
  }, [title]);
  if (allowed) return children;
  return <StateMessage kind="forbidden" title={common.errors.forbidden} text={common.errors.forbiddenHint} />;
}
