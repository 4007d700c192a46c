import { Link, useLocation } from "react-router";
import { common } from "~/texts/common";
import { useMe } from "./me";
import { type NavigationSection, useNavigation } from "./navigation";
import styles from "./shell.module.css";

/** The pages that the person may open. */
export function SideNavigation() {
  const { user } = useMe();
  const { pathname } = useLocation();
  const groups = useNavigation();
  const current = entryOf(pathname, groups);
  return (
    <>
      <Link to="/" className={styles.brand}>
        <img src="/icon.svg" alt="" />
        <span className={styles.brandText}>
          {common.product}
          <span className={styles.organisation}>{user.organization}</span>
        </span>
      </Link>
      <nav className={styles.nav} aria-label={common.navigation}>
        {groups.map((group) => (
          <Group key={group.section} group={group} current={current} />
        ))}
      </nav>
    </>
  );
}

/** Return the address of the entry to which a page belongs: the longest one that it begins with. */
function entryOf(pathname: string, groups: readonly NavigationSection[]): string | undefined {
  return groups
    .flatMap(({ entries }) => entries.map(({ to }) => to))
    .filter((to) => pathname === to || pathname.startsWith(`${to}/`))
    .sort((a, b) => b.length - a.length)[0];
}

function Group({ group, current }: { group: NavigationSection; current: string | undefined }) {
  return (
    <section className={styles.group} aria-label={group.label}>
      <p className={styles.groupLabel}>{group.label}</p>
      <ul className={styles.entries}>
        {group.entries.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles.entry}
              title={label}
              aria-label={label}
              aria-current={to === current ? "page" : undefined}
            >
              <Icon size={18} stroke={1.7} />
              <span className={styles.label}>{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
