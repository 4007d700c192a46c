import { Link, NavLink } from "react-router";
import { common } from "~/texts/common";
import { useMe } from "./me";
import { type NavigationSection, useNavigation } from "./navigation";
import styles from "./shell.module.css";

/** The pages that the person may open. */
export function SideNavigation() {
  const { user } = useMe();
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
        {useNavigation().map((group) => (
          <Group key={group.section} group={group} />
        ))}
      </nav>
    </>
  );
}

function Group({ group }: { group: NavigationSection }) {
  return (
    <section className={styles.group} aria-label={group.label}>
      <p className={styles.groupLabel}>{group.label}</p>
      <ul className={styles.entries}>
        {group.entries.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <NavLink to={to} className={styles.entry} title={label} aria-label={label}>
              <Icon size={18} stroke={1.7} />
              <span className={styles.label}>{label}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
