import { Button, Modal, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCommand } from "~/api/queries";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { common } from "~/texts/common";
import admin from "../admin.module.css";
import { Conflict } from "../conflict";
import { isConflict, keys, type Role } from "../queries";
import { saveRole } from "./queries";
import { type Effect, effectOf, othersChange, rebased, resultOf, type StagedRole } from "./staged";
import styles from "./staged-bar.module.css";
import { roles as texts } from "./texts";

interface ReviewProps {
  role: Role;
  entry: StagedRole;
  onClose: () => void;
  /** Replaces the changes of the role; null when there are none left. */
  onStaged: (entry: StagedRole | null) => void;
}

/** Shows what the changes of a role take away and give, and saves them. */
export function Review({ role, entry, onClose, onStaged }: ReviewProps) {
  const client = useQueryClient();
  const theirs = othersChange(entry, role);
  const { takes, gives } = effectOf(entry);
  const save = useCommand({
    send: saveRole,
    invalidates: [keys.roles],
    onSuccess: (saved: Role) => {
      client.setQueryData<readonly Role[]>(keys.roles, (roles) =>
        roles?.map((one) => (one.code === saved.code ? saved : one)),
      );
      onStaged(null);
      onClose();
      toast.success(texts.review.saved(saved.name));
    },
  });
  function send(): void {
    // A version that rose without another permission, such as by a change that was taken back, is no conflict.
    const command = { code: role.code, version: role.version, permissions: resultOf(entry) };
    save.mutate(command, {
      onError: (error) => {
        if (isConflict(error)) void client.invalidateQueries({ queryKey: keys.roles });
      },
    });
  }
  function accept(): void {
    save.reset();
    const next = rebased(entry, role);
    onStaged(next);
    if (next !== null) return;
    toast.success(texts.review.nothing);
    onClose();
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={texts.review.title(role.name)}
      size="lg"
      closeButtonProps={{ "aria-label": common.actions.close }}
    >
      <Stack gap="md">
        <Conflict theirs={theirs} onAccept={accept} />
        <Effects title={texts.review.takes} effects={takes} className={styles.takes} />
        <Effects title={texts.review.gives} effects={gives} className={styles.gives} />
        <Text size="sm">{texts.review.effect}</Text>
        <ErrorNote error={isConflict(save.error) && theirs !== null ? null : save.error} />
        <div className={admin.buttons}>
          <Button variant="default" onClick={onClose}>
            {common.actions.cancel}
          </Button>
          <Button
            color={takes.length > 0 ? "red.8" : undefined}
            loading={save.isPending}
            disabled={theirs !== null}
            onClick={send}
          >
            {texts.review.save}
          </Button>
        </div>
      </Stack>
    </Modal>
  );
}

interface EffectsProps {
  title: string;
  effects: readonly Effect[];
  className: string | undefined;
}

function Effects({ title, effects, className }: EffectsProps) {
  if (effects.length === 0) return null;
  return (
    <section>
      <h3 className={`${styles.heading} ${className}`}>{title}</h3>
      <ul className={styles.effects}>
        {effects.map(({ permission, before, after }) => (
          <li key={permission}>
            <span className="code">{permission}</span>
            <span className={styles.scopes}>
              {texts.review.narrowed(texts.scopes[before ?? "none"], texts.scopes[after ?? "none"])}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
