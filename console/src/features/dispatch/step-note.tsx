import { ErrorNote } from "~/components/error-note";
import styles from "./step-note.module.css";
import { texts } from "./texts";
import { isOutdated, isStale } from "./use-step";

interface StepNoteProps {
  /** What became of the order since the dialog was opened. */
  change: string | null;
  error: unknown;
  /** Says in the words of this step why the server refused it. */
  message?: string | undefined;
}

/** Says what others did with an order while a dialog was open, and why its step was refused. */
export function StepNote({ change, error, message }: StepNoteProps) {
  return (
    <>
      {change !== null && (
        <p className={styles.change} role="alert">
          {change}
        </p>
      )}
      {!(change !== null && isOutdated(error)) && (
        <ErrorNote error={error} message={message ?? (isStale(error) ? texts.steps.stale : undefined)} />
      )}
    </>
  );
}
