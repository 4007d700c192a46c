import { Button, Group } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useMe } from "~/app/me";
import { ErrorNote } from "~/components/error-note";
import { useReach } from "../permissions";
import type { WorkOrderDetail } from "../queries";
import { texts } from "./texts";
import styles from "./usage.module.css";

/** Return a function that tells whether the person may take an entry back: their own, or as a lead every one. */
export function useMayRemove(code: string, order: WorkOrderDetail): (entry: { addedById: string }) => boolean {
  const { permissions, user } = useMe();
  const reaches = useReach()(code, order);
  const isOwn = permissions.some((permission) => permission.code === code && permission.scope === "own");
  return ({ addedById }) => reaches && (!isOwn || addedById === user.id);
}

interface AddFormProps {
  /** The button that opens the form and the one that sends it. */
  action: string;
  pending: boolean;
  error: unknown;
  shownFields: readonly string[];
  /** Sends what was typed; `close` closes the form. */
  onSubmit: (close: () => void) => void;
  children: ReactNode;
}

/** A form that a button opens. */
export function AddForm({ action, pending, error, shownFields, onSubmit, children }: AddFormProps) {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <Button variant="default" mt="sm" onClick={() => setOpen(true)}>
        {action}
      </Button>
    );
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit(() => setOpen(false));
  }

  return (
    <form className={styles.form} onSubmit={submit} aria-label={action} noValidate>
      {children}
      <div className={styles.whole}>
        <ErrorNote error={error} shownFields={shownFields} />
        <Group gap="xs">
          <Button type="submit" loading={pending}>
            {action}
          </Button>
          <Button variant="default" onClick={() => setOpen(false)}>
            {texts.cancel}
          </Button>
        </Group>
      </div>
    </form>
  );
}
