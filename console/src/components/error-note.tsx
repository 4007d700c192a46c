import { ApiError, NetworkError } from "@baton/client";
import { Button } from "@mantine/core";
import { IconAlertCircle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { common } from "~/texts/common";
import styles from "./error-note.module.css";

interface ErrorNoteProps {
  /** Nothing is shown for null and undefined. */
  error: unknown;
  /** What to say instead of the error's own sentence. */
  message?: string | undefined;
  /** Shows a button that tries again. */
  onRetry?: (() => void) | undefined;
  /** Fields whose messages stand at their inputs already. */
  shownFields?: readonly string[];
  /** More about it, below the message. */
  children?: ReactNode;
}

/** Says what failed and why, with what support needs: the code and the id of the request. */
export function ErrorNote({ error, message, onRetry, shownFields = [], children }: ErrorNoteProps) {
  if (error === null || error === undefined) return null;
  const fields = error instanceof ApiError ? Object.entries(error.fields) : [];
  const unseen = fields.filter(([name]) => !shownFields.includes(name));
  return (
    <div className={styles.note} role="alert">
      <IconAlertCircle className={styles.icon} size={18} aria-hidden="true" />
      <div className={styles.body}>
        <p className={styles.message}>{message ?? messageOf(error)}</p>
        {children}
        {unseen.length > 0 && (
          <ul className={styles.fields}>
            {unseen.map(([name, message]) => (
              <li key={name}>
                <span className="code">{name}</span>: {message}
              </li>
            ))}
          </ul>
        )}
        {error instanceof ApiError && <Meta error={error} />}
      </div>
      {onRetry !== undefined && (
        <Button size="compact-sm" variant="default" onClick={onRetry}>
          {common.errors.retry}
        </Button>
      )}
    </div>
  );
}

/** Return the sentence for people that describes an error. */
export function messageOf(error: unknown): string {
  if (error instanceof NetworkError) return common.errors.offline;
  return error instanceof Error && error.message !== "" ? error.message : common.errors.title;
}

function Meta({ error }: { error: ApiError }) {
  return (
    <p className={styles.meta}>
      <span>
        {common.errors.code} <span className="code">{error.code}</span>
      </span>
      {error.requestId !== null && (
        <span>
          {common.errors.request} <span className="code">{error.requestId}</span>
        </span>
      )}
    </p>
  );
}
