import { Button, Modal, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import styles from "../admin.module.css";
import { fieldMessages, keys, type Person } from "../queries";
import { PersonFields } from "./person-fields";
import { createPerson } from "./queries";
import { people as texts } from "./texts";
import { creationOf, EMPTY, missingOf } from "./values";

interface CreatePersonProps {
  opened: boolean;
  onClose: () => void;
  onCreated: (person: Person) => void;
}

/** Adds a person with a one-time password. What was typed is kept when the dialog closes. */
export function CreatePerson({ opened, onClose, onCreated }: CreatePersonProps) {
  const draft = useDraft("admin.people.create", EMPTY);
  const [missing, setMissing] = useState<readonly string[]>([]);
  const create = useCommand({
    send: createPerson,
    invalidates: [keys.people],
    onSuccess: (person: Person) => {
      draft.clear();
      toast.success(texts.create.done(person.fullName));
      onCreated(person);
    },
  });
  const errors = { ...fieldMessages(create.error), ...Object.fromEntries(missing.map((n) => [n, texts.edit.missing])) };

  function submit(event: FormEvent): void {
    event.preventDefault();
    const empty = missingOf(draft.value);
    setMissing(empty);
    if (empty.length === 0) create.mutate(creationOf(draft.value));
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={texts.create.title}
      size="lg"
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <Text size="sm" c="dimmed">
          {texts.create.text}
        </Text>
        <PersonFields values={draft.value} errors={errors} existing={false} onChange={draft.change} />
        <ErrorNote error={create.error} shownFields={Object.keys(EMPTY)} />
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {common.actions.cancel}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {texts.create.action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
