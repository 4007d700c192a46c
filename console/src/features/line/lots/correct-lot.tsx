import { TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { keys } from "../queries";
import { RefusalNote } from "../steps/refusal-note";
import { correctLot } from "./queries";
import { texts } from "./texts";

const EMPTY = { lot: "" };
const FIELDS = ["lot"] as const;
const words = texts.correct;

interface CorrectLotProps {
  serial: string;
  /** The lot that the cell has now. */
  lot: string | undefined;
  onClose: () => void;
}

/** Corrects the lot of a cell, wherever it is. */
export function CorrectLot({ serial, lot, onClose }: CorrectLotProps) {
  const draft = useDraft(`line.correct:${serial}`, EMPTY);
  const [tried, setTried] = useState(false);
  const typed = draft.value.lot.trim();
  const command = useCommand({
    send: (body: Schema<"CorrectLot">, header) => correctLot(serial, body, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title(serial)}
      text={words.text(lot)}
      action={words.action}
      draft={`line.correct-reason:${serial}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={async (reason) => {
        setTried(true);
        // A dialog keeps the reason that was typed only if its step fails.
        if (typed === "") throw new Error(words.lotMissing);
        await command.mutateAsync({ lot: typed, reason });
        draft.clear();
        onClose();
      }}
    >
      <TextInput
        label={words.lot}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={128}
        value={draft.value.lot}
        error={tried && typed === "" ? words.lotMissing : fieldErrors(command.error).lot}
        onChange={(event) => draft.change({ lot: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}
