import { Button, Modal, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import styles from "../admin.module.css";
import { fieldMessages, keys, type Role } from "../queries";
import { createRole } from "./queries";
import { roles as texts } from "./texts";

interface CreateRoleProps {
  roles: readonly Role[];
  opened: boolean;
  onClose: () => void;
}

const EMPTY = { code: "", name: "", from: "" };

/** Adds a role of the organisation's own, beginning with the permissions of another one. */
export function CreateRole({ roles, opened, onClose }: CreateRoleProps) {
  const draft = useDraft("admin.roles.create", EMPTY);
  const { code, name, from } = draft.value;
  const [tried, setTried] = useState(false);
  const create = useCommand({
    send: createRole,
    invalidates: [keys.roles],
    onSuccess: (role: Role) => {
      draft.clear();
      setTried(false);
      onClose();
      toast.success(texts.create.done(role.name));
    },
  });
  const errors = fieldMessages(create.error);
  const missing = (value: string): string | undefined =>
    tried && value.trim() === "" ? texts.create.missing : undefined;

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (code.trim() === "" || name.trim() === "") return;
    const permissions = roles.find((role) => role.code === from)?.permissions ?? [];
    create.mutate({ code: code.trim(), name: name.trim(), permissions });
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={texts.create.title}
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <form className={styles.form} onSubmit={submit} noValidate>
        <TextInput
          label={texts.create.name}
          required
          data-autofocus
          maxLength={100}
          error={missing(name) ?? errors.name}
          value={name}
          onChange={(event) => draft.change({ name: event.currentTarget.value })}
        />
        <TextInput
          label={texts.create.code}
          description={texts.create.codeHint}
          required
          maxLength={64}
          error={missing(code) ?? errors.code}
          value={code}
          onChange={(event) => draft.change({ code: event.currentTarget.value })}
        />
        <Select
          label={texts.create.from}
          searchable
          data={[
            { value: "", label: texts.create.nothing },
            ...roles.map((role) => ({ value: role.code, label: role.name })),
          ]}
          value={from}
          onChange={(next) => draft.change({ from: next ?? "" })}
        />
        <ErrorNote error={create.error} shownFields={["code", "name"]} />
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
