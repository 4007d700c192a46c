import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import type { Step } from "../commands";
import { keys } from "../queries";
import { shipPack } from "./commands";
import { RefusalNote } from "./refusal-note";
import { texts } from "./texts";

const EMPTY = { customer: "", order: "" };
const FIELDS = ["customer", "order"] as const;

/** Ships a pack that passed. The dialog stays, with what was typed, until the pack is shipped. */
export function ShipPack({ step, shown }: { step: Step; shown: boolean }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      {shown && <Button onClick={() => setAsking(true)}>{texts.shipping.action}</Button>}
      {asking && <ShipDialog step={step} onClose={() => setAsking(false)} />}
    </>
  );
}

function ShipDialog({ step, onClose }: { step: Step; onClose: () => void }) {
  const words = texts.shipping;
  const draft = useDraft(`line.ship:${step.id}`, EMPTY);
  const [tried, setTried] = useState(false);
  const customer = draft.value.customer.trim();
  const order = draft.value.order.trim();
  const command = useCommand({
    send: (body: Schema<"ShipPack">, headers) => shipPack(step, body, headers),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });
  const errors = fieldErrors(command.error);

  async function ship(): Promise<void> {
    setTried(true);
    if (customer === "") return;
    await command.mutateAsync({ customer, ...(order === "" ? {} : { order }) });
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
      reason="none"
      draft={`line.ship-reason:${step.id}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={ship}
    >
      <TextInput
        label={words.customer}
        description={words.customerHint}
        data-autofocus
        maxLength={200}
        value={draft.value.customer}
        error={tried && customer === "" ? words.customerMissing : errors.customer}
        onChange={(event) => draft.change({ customer: event.currentTarget.value })}
      />
      <TextInput
        label={words.order}
        maxLength={64}
        value={draft.value.order}
        error={errors.order}
        onChange={(event) => draft.change({ order: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}
