import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import { keys, skusQuery } from "../queries";
import { RefusalNote } from "../steps/refusal-note";
import { createBatch } from "./commands";
import { MAY_CREATE } from "./permissions";
import { texts } from "./texts";

const EMPTY = { skuId: "", target: "", notes: "" };
const FIELDS = ["skuId", "targetQuantity", "notes"] as const;
const MOST = 100;
const words = texts.batch;

/** Creates a batch, of one SKU or of one that is chosen. */
export function NewBatch({ skuId }: { skuId?: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <Can permission={MAY_CREATE.batch}>
      <Button variant="default" onClick={() => setAsking(true)}>
        {words.action}
      </Button>
      {asking && <BatchDialog skuId={skuId} onClose={() => setAsking(false)} />}
    </Can>
  );
}

function BatchDialog({ skuId, onClose }: { skuId: string | undefined; onClose: () => void }) {
  const navigate = useNavigate();
  const draft = useDraft(`line.new-batch:${skuId ?? ""}`, EMPTY);
  const [tried, setTried] = useState(false);
  const { target, notes } = draft.value;
  const chosen = skuId ?? draft.value.skuId;
  const isTargetWrong = target.trim() !== "" && !/^[1-9]\d{0,7}$/.test(target.trim());
  const command = useCommand({
    send: (body: Schema<"CreateBatch">, header) => createBatch(body, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });
  const errors = fieldErrors(command.error);

  async function create(): Promise<void> {
    setTried(true);
    if (chosen === "" || isTargetWrong) return;
    const { data } = await command.mutateAsync({
      skuId: chosen,
      ...(target.trim() === "" ? {} : { targetQuantity: Number(target) }),
      ...(notes.trim() === "" ? {} : { notes: notes.trim() }),
    });
    draft.clear();
    onClose();
    void navigate(`/line/batches/${data.id}`);
  }

  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title}
      text={words.text}
      action={words.create}
      reason="none"
      draft="line.new-batch-reason"
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={create}
    >
      {skuId === undefined && (
        <SkuChoice
          value={chosen}
          error={tried && chosen === "" ? words.skuMissing : errors.skuId}
          onChange={(next) => draft.change({ skuId: next })}
        />
      )}
      <TextInput
        label={words.target}
        description={words.targetHint}
        inputMode="numeric"
        value={target}
        error={tried && isTargetWrong ? words.targetWrong : errors.targetQuantity}
        onChange={(event) => draft.change({ target: event.currentTarget.value })}
      />
      <Textarea
        label={words.notes}
        maxLength={500}
        value={notes}
        error={errors.notes}
        onChange={(event) => draft.change({ notes: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}

interface SkuChoiceProps {
  value: string;
  error: string | undefined;
  onChange: (skuId: string) => void;
}

/** One of the active SKUs, the newest hundred of them. */
function SkuChoice({ value, error, onChange }: SkuChoiceProps) {
  const { data } = useQuery(skusQuery({ status: "ACTIVE" }, 1, MOST));
  const options = data?.data.map(({ id, name, skuCode }) => ({
    value: id,
    label: skuCode === undefined ? name : `${name} (${skuCode})`,
  }));
  return (
    <Select
      label={words.sku}
      data={options ?? []}
      searchable
      allowDeselect={false}
      value={value || null}
      error={error}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}
