import { Button } from "@mantine/core";
import { IconGitMerge } from "@tabler/icons-react";
import { JsonDiff } from "~/components/json-diff";
import styles from "./admin.module.css";
import type { Differences } from "./edit";
import { texts } from "./texts";

interface ConflictProps {
  theirs: Differences | null;
  onAccept: () => void;
}

/** Shows what somebody else changed while the person was typing. What was typed stays. */
export function Conflict({ theirs, onAccept }: ConflictProps) {
  if (theirs === null) return null;
  return (
    <div className={styles.conflict} role="alert">
      <p className={styles.conflictTitle}>
        <IconGitMerge size={18} aria-hidden="true" />
        {texts.conflict.title}
      </p>
      <p className={styles.conflictText}>{texts.conflict.text}</p>
      <JsonDiff diff={theirs} />
      <Button variant="default" size="compact-sm" onClick={onAccept}>
        {texts.conflict.accept}
      </Button>
    </div>
  );
}
