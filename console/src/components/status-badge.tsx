import type { CSSProperties } from "react";
import styles from "./status-badge.module.css";

/** What a state means for whoever looks: waits, goes on, is done, needs attention, has failed. */
export type Tone = "neutral" | "info" | "active" | "good" | "warning" | "bad";

/** The label and the tone of each state, as a feature's `states.ts` lists them. */
export type States<Name extends string> = Readonly<Record<Name, { label: string; tone: Tone }>>;

interface StatusBadgeProps<Name extends string> {
  state: Name;
  states: States<Name>;
}

/** Shows a state as coloured text. A state that the list does not know, of a newer server, is shown by its name. */
export function StatusBadge<Name extends string>({ state, states }: StatusBadgeProps<Name>) {
  const { label, tone } = (states as Partial<States<Name>>)[state] ?? { label: readable(state), tone: "neutral" };
  return <Badge tone={tone}>{label}</Badge>;
}

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span
      className={styles.badge}
      style={{ "--tone": `var(--tone-${tone})`, "--soft": `var(--tone-${tone}-soft)` } as CSSProperties}
    >
      <span className={styles.label}>{children}</span>
    </span>
  );
}

/** Return the name of a state or an action as words: `PICKED_UP` as `Picked up`. */
export function readable(name: string): string {
  const words = name.replaceAll(/[_-]+/g, " ").trim().toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
