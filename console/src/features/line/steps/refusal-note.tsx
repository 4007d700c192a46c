import { Link } from "react-router";
import { ErrorNote } from "~/components/error-note";
import links from "../links.module.css";
import { refusalOf } from "./refusal";
import styles from "./steps.module.css";

interface RefusalNoteProps {
  error: unknown;
  /** Fields whose messages stand at their inputs. */
  shownFields?: readonly string[];
}

/** Says why a step failed; of a refusal in plain words what is missing, and what is in the way. */
export function RefusalNote({ error, shownFields = [] }: RefusalNoteProps) {
  const refusal = refusalOf(error);
  if (refusal === null) return <ErrorNote error={error} shownFields={shownFields} />;
  return (
    <ErrorNote error={error} message={refusal.message} shownFields={shownFields}>
      {refusal.points.length > 0 && (
        <ul className={styles.points}>
          {refusal.points.map((point) => (
            <li key={point}>{point}</li>
          ))}
        </ul>
      )}
      {refusal.links.map(({ to, label }) => (
        <Link key={to} to={to} className={links.link}>
          {label}
        </Link>
      ))}
    </ErrorNote>
  );
}
