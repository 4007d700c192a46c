import { Drawer } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import type { ReactNode } from "react";
import { common } from "~/texts/common";
import styles from "./detail-drawer.module.css";

interface DetailDrawerProps {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  /** A state, beside the title. */
  badge?: ReactNode;
  children: ReactNode;
}

/** Shows the details of a row beside its list. Focus returns to the row when it closes. */
export function DetailDrawer({ opened, onClose, title, badge, children }: DetailDrawerProps) {
  // A drawer that is open from the beginning does not note where the focus was.
  const mounted = useMounted();
  return (
    <Drawer
      opened={opened && mounted}
      onClose={onClose}
      position="right"
      size="min(34rem, 100vw)"
      overlayProps={{ backgroundOpacity: 0.18 }}
      closeButtonProps={{ "aria-label": common.actions.close }}
      title={
        <span className={styles.head}>
          <span className={styles.title}>{title}</span>
          {badge}
        </span>
      }
    >
      <div className={styles.body}>{children}</div>
    </Drawer>
  );
}

/** A part of a drawer with a small heading. */
export function DrawerSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
