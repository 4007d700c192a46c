import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { keys } from "../queries";
import { RefusalNote } from "../steps/refusal-note";
import { createHold } from "./commands";
import { MAY_HOLD } from "./permissions";
import { HOLD_KINDS, type HoldKind } from "./queries";
import { texts } from "./texts";

const words = texts.create;
const FIELDS = ["kind", "value"] as const;
const KINDS = HOLD_KINDS.map((value) => ({ value, label: texts.kinds[value] }));

/** What is held if nothing else is chosen, such as the module whose page this is. */
interface Held {
  kind: HoldKind;
  value: string;
}

const NOTHING: Held = { kind: "SERIAL", value: "" };

/** Holds something, with a reason. */
export function NewHold({ held = NOTHING }: { held?: Held }) {
  const [asking, setAsking] = useState(false);
  return (
    <Can permission={MAY_HOLD.create}>
      <Button variant="default" onClick={() => setAsking(true)}>
        {words.action}
      </Button>
      {asking && <HoldDialog held={held} onClose={() => setAsking(false)} />}
    </Can>
  );
}

function HoldDialog({ held, onClose }: { held: Held; onClose: () => void }) {
  const draft = useDraft(`line.hold:${held.value}`, held);
  const [tried, setTried] = useState(false);
  const { kind } = draft.value;
  const value = draft.value.value.trim();
  const command = useCommand({
    send: (body: Schema<"CreateHold">, header) => createHold(body, header),
    invalidates: [keys.all],
    onSuccess: (_, body) => toast.success(words.done(body.value)),
  });
  const errors = fieldErrors(command.error);

  async function create(reason: string): Promise<void> {
    setTried(true);
    // A dialog keeps the reason that was typed only if its step fails.
    if (value === "") throw new Error(words.missing);
    await command.mutateAsync({ kind, value, reason });
    draft.clear();
    onClose();
  }

  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title}
      text={words.text}
      action={words.action}
      draft={`line.hold-reason:${held.value}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={create}
    >
      <Select
        label={words.kind}
        data={KINDS}
        allowDeselect={false}
        value={kind}
        error={errors.kind}
        onChange={(next) => draft.change({ kind: (next ?? kind) as HoldKind })}
      />
      <TextInput
        label={words.value}
        description={words.hints[kind]}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={500}
        value={draft.value.value}
        error={tried && value === "" ? words.missing : errors.value}
        onChange={(event) => draft.change({ value: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}
