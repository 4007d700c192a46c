import { Button, Modal, Select, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { NetworkError } from "~/api/errors";
import { useDraft } from "~/app/drafts";
import { ErrorNote } from "~/components/error-note";
import { common } from "~/texts/common";
import styles from "../admin.module.css";
import { fieldMessages, keys, useRoleOptions } from "../queries";
import { type ApiKey, createApiKey } from "./queries";
import { keys as texts } from "./texts";

interface CreateKeyProps {
  opened: boolean;
  onClose: () => void;
  onCreated: (key: ApiKey) => void;
}

const EMPTY = { name: "", role: "" };

/** Makes an API key. It is not sent again by itself, since each request makes another key. */
export function CreateKey({ opened, onClose, onCreated }: CreateKeyProps) {
  const client = useQueryClient();
  const draft = useDraft("admin.keys.create", EMPTY);
  const { name, role } = draft.value;
  const roles = useRoleOptions();
  const [tried, setTried] = useState(false);
  const create = useMutation({
    mutationFn: createApiKey,
    retry: false,
    networkMode: "always",
    onSuccess: (key) => {
      draft.clear();
      setTried(false);
      onCreated(key);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
  const errors = fieldMessages(create.error);
  const missing = (value: string): string | undefined =>
    tried && value.trim() === "" ? texts.create.missing : undefined;
  const roleInput = { label: texts.create.role, required: true, error: missing(role) ?? errors.role };

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== "" && role.trim() !== "") create.mutate({ name: name.trim(), role: role.trim() });
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
          description={texts.create.nameHint}
          required
          data-autofocus
          maxLength={100}
          error={missing(name) ?? errors.name}
          value={name}
          onChange={(event) => draft.change({ name: event.currentTarget.value })}
        />
        {roles.length === 0 ? (
          <TextInput
            {...roleInput}
            value={role}
            onChange={(event) => draft.change({ role: event.currentTarget.value })}
          />
        ) : (
          <Select
            {...roleInput}
            searchable
            data={roles}
            value={role || null}
            onChange={(next) => draft.change({ role: next ?? "" })}
          />
        )}
        <ErrorNote error={create.error} shownFields={["name", "role"]} />
        {create.error instanceof NetworkError && <Text size="sm">{texts.create.unsure}</Text>}
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
