import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { keys } from "../queries";
import { returnPack } from "./commands";
import { MAY_STEP } from "./permissions";
import { RefusalNote } from "./refusal-note";
import { texts } from "./texts";

const EMPTY = { serial: "" };
const FIELDS = ["serial"] as const;

/** Registers that a pack came back, by its serial number, and leads to the pack. */
export function ReturnPack() {
  const [asking, setAsking] = useState(false);
  return (
    <Can permission={MAY_STEP.returnPack}>
      <Button variant="default" onClick={() => setAsking(true)}>
        {texts.returning.action}
      </Button>
      {asking && <ReturnDialog onClose={() => setAsking(false)} />}
    </Can>
  );
}

function ReturnDialog({ onClose }: { onClose: () => void }) {
  const words = texts.returning;
  const navigate = useNavigate();
  const draft = useDraft("line.return", EMPTY);
  const [tried, setTried] = useState(false);
  const serial = draft.value.serial.trim();
  const command = useCommand({
    send: (body: Schema<"ReturnPack">, headers) => returnPack(body, headers),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });

  async function register(reason: string): Promise<void> {
    setTried(true);
    // A dialog keeps the reason that was typed only if its step fails.
    if (serial === "") throw new Error(words.serialMissing);
    const { data } = await command.mutateAsync({ serial, reason });
    draft.clear();
    onClose();
    void navigate(`/line/packs/${data.id}`);
  }

  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.anyTitle}
      text={words.text}
      action={words.action}
      draft="line.return-reason"
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={register}
    >
      <TextInput
        label={words.serial}
        description={words.serialHint}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={500}
        value={draft.value.serial}
        error={tried && serial === "" ? words.serialMissing : fieldErrors(command.error).serial}
        onChange={(event) => draft.change({ serial: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}
