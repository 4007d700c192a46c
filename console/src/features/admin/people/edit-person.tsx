import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useMemo } from "react";
import { useCommand } from "~/api/queries";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import styles from "../admin.module.css";
import { Conflict } from "../conflict";
import { useEdit } from "../edit";
import { fieldMessages, isConflict, keys, type Person, personQuery } from "../queries";
import { PersonFields } from "./person-fields";
import { changePerson } from "./queries";
import { people as texts } from "./texts";
import { changeOf, EMPTY, missingOf, snapshotOf } from "./values";

interface EditPersonProps {
  person: Person;
  onClose: () => void;
}

/** Changes a person. Only the fields that were edited are sent. */
export function EditPerson({ person, onClose }: EditPersonProps) {
  const client = useQueryClient();
  const edit = useEdit(
    `admin.people.edit:${person.id}`,
    useMemo(() => snapshotOf(person), [person]),
  );
  const { queryKey } = personQuery(person.id);
  const save = useCommand({
    send: changePerson,
    invalidates: [keys.people],
    onSuccess: (saved: Person) => {
      client.setQueryData(queryKey, saved);
      edit.clear();
      toast.success(texts.edit.saved);
      onClose();
    },
  });
  const missing = missingOf(edit.values);
  const errors = { ...fieldMessages(save.error), ...Object.fromEntries(missing.map((n) => [n, texts.edit.missing])) };

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (missing.length > 0 || !edit.dirty) return;
    const command = { id: person.id, version: edit.version, body: changeOf(edit.typed) };
    save.mutate(command, {
      onError: (error) => {
        if (isConflict(error)) void client.invalidateQueries({ queryKey });
      },
    });
  }

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <PersonFields values={edit.values} errors={errors} existing onChange={edit.change} />
      <Conflict
        theirs={edit.theirs}
        onAccept={() => {
          edit.accept();
          save.reset();
        }}
      />
      <ErrorNote
        error={isConflict(save.error) && edit.theirs !== null ? null : save.error}
        shownFields={Object.keys(EMPTY)}
      />
      <div className={styles.buttons}>
        <Button
          variant="default"
          onClick={() => {
            edit.clear();
            onClose();
          }}
        >
          {texts.edit.discard}
        </Button>
        <Button type="submit" loading={save.isPending} disabled={!edit.dirty || edit.theirs !== null}>
          {texts.edit.save}
        </Button>
      </div>
    </form>
  );
}
