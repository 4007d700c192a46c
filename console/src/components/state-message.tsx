import { IconAlertTriangle, IconInbox, IconLock, IconMapQuestion, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import styles from "./state-message.module.css";

const ICONS = {
  empty: IconInbox,
  missing: IconMapQuestion,
  forbidden: IconLock,
  offline: IconPlugConnectedX,
  failed: IconAlertTriangle,
} as const;

interface StateMessageProps {
  kind: keyof typeof ICONS;
  title: string;
  text?: string | undefined;
  /** What the person can do about it. */
  children?: ReactNode;
}

/** Fills the place of content that is not there, and says why. */
export function StateMessage({ kind, title, text, children }: StateMessageProps) {
  const Icon = ICONS[kind];
  return (
    <div className={`${styles.message} ${kind === "failed" ? styles.failed : ""}`}>
      <span className={styles.icon} aria-hidden="true">
        <Icon size={22} stroke={1.6} />
      </span>
      <h2 className={styles.title}>{title}</h2>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {children !== undefined && <div className={styles.more}>{children}</div>}
    </div>
  );
}
