import { NavLink } from "react-router";
import { type PermissionRule, useCan } from "~/app/me";
import { MAY } from "./feature";
import { MAY_HOLD } from "./holds/permissions";
import { MAY_LOT } from "./lots/permissions";
import { names } from "./names";
import { MAY_RECALL } from "./recalls/permissions";
import { READ_REPORT } from "./reports/permissions";
import styles from "./tabs.module.css";
import { texts } from "./texts";

interface Tab {
  to: string;
  label: string;
  permission: PermissionRule;
}

export const LINE_TABS: readonly Tab[] = [
  { to: "/line/packs", label: texts.tabs.packs, permission: MAY.readPacks },
  { to: "/line/modules", label: texts.tabs.modules, permission: MAY.readModules },
  { to: "/line/batches", label: texts.tabs.batches, permission: MAY.readBatches },
  { to: "/line/skus", label: texts.tabs.skus, permission: MAY.readSkus },
  { to: "/line/quarantine", label: texts.tabs.quarantine, permission: MAY.readPacks },
  { to: "/line/holds", label: texts.tabs.holds, permission: MAY_HOLD.read },
  { to: "/line/reports", label: texts.tabs.reports, permission: READ_REPORT },
];

export const TRACE_TABS: readonly Tab[] = [
  { to: "/trace", label: texts.tabs.trace, permission: MAY.trace },
  { to: "/trace/recall", label: texts.tabs.recall, permission: MAY.trace },
  { to: "/trace/recalls", label: names.recalls.title, permission: MAY_RECALL.read },
  { to: "/trace/lots", label: names.lots.title, permission: MAY_LOT.read },
];

/** Leads to the other lists of the same part of the console. */
export function Tabs({ tabs }: { tabs: readonly Tab[] }) {
  const can = useCan();
  return (
    <nav className={styles.tabs} aria-label={texts.tabsLabel}>
      {tabs
        .filter(({ permission }) => can(permission))
        .map(({ to, label }) => (
          <NavLink key={to} to={to} end className={styles.tab}>
            {label}
          </NavLink>
        ))}
    </nav>
  );
}
