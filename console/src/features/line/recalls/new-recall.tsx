import { Button, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { RefusalNote } from "../steps/refusal-note";
import { openRecall } from "./commands";
import { bodyOf, EMPTY } from "./draft";
import { MAY_RECALL } from "./permissions";
import { recallKeys } from "./queries";
import { texts } from "./texts";

const words = texts.open;
const FIELDS = ["lots", "serials", "from", "to"] as const;

/** Opens a recall case, and leads to it. */
export function NewRecall() {
  const [asking, setAsking] = useState(false);
  return (
    <Can permission={MAY_RECALL.manage}>
      <Button onClick={() => setAsking(true)}>{words.action}</Button>
      {asking && <RecallDialog onClose={() => setAsking(false)} />}
    </Can>
  );
}

function RecallDialog({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const draft = useDraft("line.recall", EMPTY);
  const [tried, setTried] = useState(false);
  const { lots, serials, from, to } = draft.value;
  const command = useCommand({
    send: (body: Schema<"OpenRecall">, header) => openRecall(body, header),
    invalidates: [recallKeys],
    onSuccess: () => toast.success(words.done),
  });
  const errors = fieldErrors(command.error);
  const isEmpty = bodyOf(draft.value, "") === null;

  async function open(reason: string): Promise<void> {
    setTried(true);
    const body = bodyOf(draft.value, reason);
    // A dialog keeps the reason that was typed only if its step fails.
    if (body === null) throw new Error(words.nothing);
    const { data } = await command.mutateAsync(body);
    draft.clear();
    onClose();
    void navigate(`/trace/recalls/${data.id}`);
  }

  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title}
      text={words.text}
      action={words.submit}
      draft="line.recall-reason"
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={open}
    >
      <Textarea
        label={words.lots}
        description={words.lotsHint}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        value={lots}
        error={tried && isEmpty ? words.nothing : errors.lots}
        onChange={(event) => draft.change({ lots: event.currentTarget.value })}
      />
      <Textarea
        label={words.serials}
        description={words.serialsHint}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        value={serials}
        error={errors.serials}
        onChange={(event) => draft.change({ serials: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={words.from}
        value={from}
        error={errors.from}
        onChange={(event) => draft.change({ from: event.currentTarget.value })}
      />
      <TextInput
        type="datetime-local"
        label={words.to}
        value={to}
        error={errors.to}
        onChange={(event) => draft.change({ to: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}
