import { ActionIcon, Button } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { Badge } from "~/components/status-badge";
import type { Role } from "../queries";
import { effectOf, othersChange, type Staged } from "./staged";
import styles from "./staged-bar.module.css";
import { roles as texts } from "./texts";

interface StagedBarProps {
  roles: readonly Role[];
  staged: Staged;
  onReview: (role: Role) => void;
  onDiscard: (role: Role) => void;
}

/** Lists the roles with changes that are not saved yet. */
export function StagedBar({ roles, staged, onReview, onDiscard }: StagedBarProps) {
  const changed = roles.filter((role) => staged[role.code] !== undefined);
  if (changed.length === 0) return null;
  return (
    <section className={styles.bar} aria-label={texts.staged.title}>
      <h2 className={styles.title}>{texts.staged.title}</h2>
      <ul className={styles.list}>
        {changed.map((role) => (
          <StagedRow key={role.code} role={role} staged={staged} onReview={onReview} onDiscard={onDiscard} />
        ))}
      </ul>
    </section>
  );
}

function StagedRow({ role, staged, onReview, onDiscard }: Omit<StagedBarProps, "roles"> & { role: Role }) {
  const entry = staged[role.code];
  if (entry === undefined) return null;
  const { takes, gives } = effectOf(entry);
  return (
    <li className={styles.row}>
      <span className={styles.name} title={role.name}>
        {role.name}
      </span>
      {takes.length > 0 && <Badge tone="bad">{texts.staged.taken(takes.length)}</Badge>}
      {gives.length > 0 && <Badge tone="good">{texts.staged.given(gives.length)}</Badge>}
      {othersChange(entry, role) !== null && <Badge tone="warning">{texts.staged.conflict}</Badge>}
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={texts.staged.discard(role.name)}
        onClick={() => onDiscard(role)}
      >
        <IconArrowBackUp size={18} />
      </ActionIcon>
      <Button size="compact-sm" onClick={() => onReview(role)}>
        {texts.staged.review(role.name)}
      </Button>
    </li>
  );
}
