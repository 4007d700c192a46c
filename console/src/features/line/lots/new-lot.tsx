import { Button, TextInput } from "@mantine/core";
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
import { MAY_LOT } from "./permissions";
import { createLot } from "./queries";
import { texts } from "./texts";

const EMPTY = { lot: "", supplier: "", supplierLot: "", quantity: "", received: "" };
const FIELDS = ["lot", "supplier", "supplierLot", "quantity", "receivedAt"] as const;
const words = texts.create;

/** Records a lot of cells that was received. */
export function NewLot() {
  const [asking, setAsking] = useState(false);
  return (
    <Can permission={MAY_LOT.create}>
      <Button variant="default" onClick={() => setAsking(true)}>
        {words.action}
      </Button>
      {asking && <LotDialog onClose={() => setAsking(false)} />}
    </Can>
  );
}

function LotDialog({ onClose }: { onClose: () => void }) {
  const draft = useDraft("line.new-lot", EMPTY);
  const [tried, setTried] = useState(false);
  const { lot, supplier, supplierLot, quantity, received } = draft.value;
  const isQuantityWrong = quantity.trim() !== "" && !/^[1-9]\d{0,8}$/.test(quantity.trim());
  const command = useCommand({
    send: (body: Schema<"CreateCellLot">, header) => createLot(body, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });
  const errors = fieldErrors(command.error);

  async function record(): Promise<void> {
    setTried(true);
    if (lot.trim() === "" || isQuantityWrong) return;
    await command.mutateAsync({
      lot: lot.trim(),
      ...(supplier.trim() === "" ? {} : { supplier: supplier.trim() }),
      ...(supplierLot.trim() === "" ? {} : { supplierLot: supplierLot.trim() }),
      ...(quantity.trim() === "" ? {} : { quantity: Number(quantity) }),
      ...(received === "" ? {} : { receivedAt: new Date(`${received}T00:00:00`).toISOString() }),
    });
    draft.clear();
    onClose();
  }

  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title}
      text={words.text}
      action={words.submit}
      reason="none"
      draft="line.new-lot-reason"
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={record}
    >
      <TextInput
        label={words.lot}
        data-autofocus
        autoComplete="off"
        maxLength={128}
        value={lot}
        error={tried && lot.trim() === "" ? words.lotMissing : errors.lot}
        onChange={(event) => draft.change({ lot: event.currentTarget.value })}
      />
      <TextInput
        label={words.supplier}
        maxLength={200}
        value={supplier}
        error={errors.supplier}
        onChange={(event) => draft.change({ supplier: event.currentTarget.value })}
      />
      <TextInput
        label={words.supplierLot}
        maxLength={128}
        value={supplierLot}
        error={errors.supplierLot}
        onChange={(event) => draft.change({ supplierLot: event.currentTarget.value })}
      />
      <TextInput
        label={words.quantity}
        inputMode="numeric"
        value={quantity}
        error={tried && isQuantityWrong ? words.quantityWrong : errors.quantity}
        onChange={(event) => draft.change({ quantity: event.currentTarget.value })}
      />
      <TextInput
        label={words.received}
        type="date"
        value={received}
        error={errors.receivedAt}
        onChange={(event) => draft.change({ received: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}
