import type { ReactNode } from "react";
import { common } from "~/texts/common";
import styles from "./entry.module.css";

interface EntryPageProps {
  title: string;
  text: string;
  children: ReactNode;
}

/** The pages before the console itself: sign-in, and the change of a one-time password. */
export function EntryPage({ title, text, children }: EntryPageProps) {
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <img src="/icon.svg" alt="" />
          {common.product}
        </div>
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.text}>{text}</p>
        {children}
      </div>
    </main>
  );
}

export { styles as entryStyles };
