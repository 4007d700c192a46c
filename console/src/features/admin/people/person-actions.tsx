import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useCommand } from "~/api/queries";
import { useMe } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { keys, type Person, personQuery } from "../queries";
import { changePerson } from "./queries";
import { people as texts } from "./texts";

interface PersonActionsProps {
  person: Person;
  onPassword: (password: string) => void;
}

/** Resets the password, disables and enables. */
export function PersonActions({ person, onPassword }: PersonActionsProps) {
  const [asking, setAsking] = useState<"reset" | "disable" | null>(null);
  const client = useQueryClient();
  const own = useMe().user.id === person.id;
  const change = useCommand({
    send: changePerson,
    invalidates: [keys.people],
    onSuccess: (saved: Person) => {
      const { oneTimePassword, ...rest } = saved;
      client.setQueryData(personQuery(person.id).queryKey, rest);
      setAsking(null);
      if (oneTimePassword) onPassword(oneTimePassword);
    },
  });
  const close = (): void => {
    change.reset();
    setAsking(null);
  };
  async function setStatus(status: "ACTIVE" | "DISABLED"): Promise<void> {
    await change.mutateAsync({ id: person.id, body: { status, resetPassword: false } });
    toast.success((status === "ACTIVE" ? texts.enable : texts.disable).done(person.fullName));
  }
  const shared = { onClose: close, reason: "none", pending: change.isPending, error: change.error } as const;
  return (
    <>
      <Button variant="default" onClick={() => setAsking("reset")}>
        {texts.password.reset}
      </Button>
      {person.status === "DISABLED" ? (
        <Button loading={change.isPending} onClick={() => void setStatus("ACTIVE").catch(() => undefined)}>
          {texts.enable.action}
        </Button>
      ) : (
        !own && (
          <Button variant="default" c="var(--tone-bad)" onClick={() => setAsking("disable")}>
            {texts.disable.action}
          </Button>
        )
      )}
      {asking === null && <ErrorNote error={change.error} />}
      <ConfirmWithReason
        {...shared}
        opened={asking === "reset"}
        title={texts.password.title(person.fullName)}
        text={texts.password.text}
        action={texts.password.reset}
        draft={`admin.people.reset:${person.id}`}
        onConfirm={() => change.mutateAsync({ id: person.id, body: { resetPassword: true } })}
      />
      <ConfirmWithReason
        {...shared}
        danger
        opened={asking === "disable"}
        title={texts.disable.title(person.fullName)}
        text={texts.disable.text}
        action={texts.disable.action}
        draft={`admin.people.disable:${person.id}`}
        onConfirm={() => setStatus("DISABLED")}
      />
    </>
  );
}
