import { Button, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { Can } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { toast } from "~/components/toast";
import type { Headers } from "../commands";
import { batchName } from "../list";
import { batchesQuery, keys } from "../queries";
import { RefusalNote } from "../steps/refusal-note";
import { createModule, createPack } from "./commands";
import { MAY_CREATE } from "./permissions";
import { texts } from "./texts";

const EMPTY = { batchId: "", serial: "" };
const FIELDS = ["batchId", "serial"] as const;
const MOST = 100;

interface NewUnitBody {
  batchId: string;
  serial: string;
}

type Send = (body: NewUnitBody, header: Headers) => Promise<{ data: { id: string } }>;

const SEND: Readonly<Record<"module" | "pack", Send>> = { module: createModule, pack: createPack };

interface NewUnitProps {
  kind: keyof typeof SEND;
  /** The batch, where it is known already. */
  batchId?: string;
  /** In a row of a panel. */
  small?: boolean;
}

/** Creates a module or a pack in a batch that is in progress. */
export function NewUnit({ kind, batchId, small = false }: NewUnitProps) {
  const [asking, setAsking] = useState(false);
  return (
    <Can permission={MAY_CREATE[kind]}>
      <Button variant="default" {...(small ? { size: "compact-sm" } : {})} onClick={() => setAsking(true)}>
        {texts[kind].action}
      </Button>
      {asking && <UnitDialog kind={kind} batchId={batchId} onClose={() => setAsking(false)} />}
    </Can>
  );
}

interface UnitDialogProps {
  kind: keyof typeof SEND;
  batchId: string | undefined;
  onClose: () => void;
}

function UnitDialog({ kind, batchId, onClose }: UnitDialogProps) {
  const words = texts[kind];
  const navigate = useNavigate();
  const draft = useDraft(`line.new-${kind}:${batchId ?? ""}`, EMPTY);
  const [tried, setTried] = useState(false);
  const chosen = batchId ?? draft.value.batchId;
  const serial = draft.value.serial.trim();
  const command = useCommand({
    send: (body: NewUnitBody, header) => SEND[kind](body, header),
    invalidates: [keys.all],
    onSuccess: () => toast.success(words.done),
  });
  const errors = fieldErrors(command.error);

  async function create(): Promise<void> {
    setTried(true);
    if (chosen === "" || serial === "") return;
    const { data } = await command.mutateAsync({ batchId: chosen, serial });
    draft.clear();
    onClose();
    void navigate(`/line/${kind}s/${data.id}`);
  }

  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={words.title}
      text={words.text}
      action={words.create}
      reason="none"
      draft={`line.new-${kind}-reason`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} shownFields={FIELDS} />}
      onConfirm={create}
    >
      {batchId === undefined && (
        <BatchChoice
          value={chosen}
          error={tried && chosen === "" ? texts.unit.batchMissing : errors.batchId}
          onChange={(next) => draft.change({ batchId: next })}
        />
      )}
      <TextInput
        label={texts.unit.serial}
        description={texts.unit.serialHint}
        data-autofocus
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={500}
        value={draft.value.serial}
        error={tried && serial === "" ? texts.unit.serialMissing : errors.serial}
        onChange={(event) => draft.change({ serial: event.currentTarget.value })}
      />
    </ConfirmWithReason>
  );
}

interface BatchChoiceProps {
  value: string;
  error: string | undefined;
  onChange: (batchId: string) => void;
}

/** One of the batches that are in progress, the newest hundred of them. */
function BatchChoice({ value, error, onChange }: BatchChoiceProps) {
  const { data } = useQuery(batchesQuery({ status: "IN_PROGRESS" }, 1, MOST));
  const options = data?.data.map((batch) => ({
    value: batch.id,
    label: `${batch.sku.skuCode ?? batch.sku.name} · ${batchName(batch)}`,
  }));
  return (
    <Select
      label={texts.unit.batch}
      description={texts.unit.batchHint}
      data={options ?? []}
      searchable
      allowDeselect={false}
      value={value || null}
      error={error}
      onChange={(next) => onChange(next ?? "")}
    />
  );
}
