import { Panel } from "~/components/panel";
import { ProgressBar } from "~/components/progress-bar";
import page from "../page.module.css";
import styles from "./passport.module.css";
import type { MissingAttribute, Passport } from "./queries";
import { texts } from "./texts";

/** What a passport still needs, by where it has to come from. */
export function MissingList({ completeness }: { completeness: NonNullable<Passport["completeness"]> }) {
  const { required, known, missing } = completeness;
  return (
    <Panel title={texts.completeness}>
      <div className={page.stack}>
        <ProgressBar done={known} total={required} unit={texts.known} />
        {missing.length === 0 && <p className={page.note}>{texts.complete}</p>}
        {[...bySource(missing)].map(([source, attributes]) => (
          <section key={source} aria-label={texts.sources[source]}>
            <h3 className={styles.source}>
              {texts.sources[source]} ({attributes.length})
            </h3>
            <ul className={styles.missing}>
              {attributes.map((attribute) => (
                <li key={attribute.name} title={texts.point(attribute.points)}>
                  {attribute.title} <span className={styles.form}>{formOf(attribute)}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Panel>
  );
}

function bySource(missing: readonly MissingAttribute[]): Map<MissingAttribute["source"], MissingAttribute[]> {
  const groups = new Map<MissingAttribute["source"], MissingAttribute[]>();
  for (const attribute of missing) groups.set(attribute.source, [...(groups.get(attribute.source) ?? []), attribute]);
  return groups;
}

function formOf({ unit, choices }: MissingAttribute): string {
  return unit ?? choices?.join(", ") ?? "";
}
