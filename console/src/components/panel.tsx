import { type CSSProperties, type ReactNode, useId } from "react";
import styles from "./panel.module.css";

interface PanelProps {
  title?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page with a heading. */
export function Panel({ title, actions, children }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.panel} aria-labelledby={title === undefined ? undefined : id}>
      {(title !== undefined || actions !== undefined) && (
        <div className={styles.head}>
          <h2 className={styles.title} id={id}>
            {title}
          </h2>
          {actions}
        </div>
      )}
      <div className={styles.body}>{children}</div>
    </section>
  );
}

/** Puts panels side by side where there is room: as many as have the given width each. */
export function Columns({ width = "20rem", children }: { width?: string; children: ReactNode }) {
  return (
    <div className={styles.columns} style={{ "--column": width } as CSSProperties}>
      {children}
    </div>
  );
}
