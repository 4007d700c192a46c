import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { Can } from "~/app/me";
import { Panel } from "~/components/panel";
import { toast } from "~/components/toast";
import { keys, type ModuleDetail } from "../queries";
import { bindCell } from "./commands";
import { MAY_STEP } from "./permissions";
import { RefusalNote } from "./refusal-note";
import styles from "./steps.module.css";
import { texts } from "./texts";

const EMPTY = { serial: "", lot: "" };
const FIELDS = ["serial", "lot"] as const;
const words = texts.bindCells;

/** Binds cells one after the other, as a scanner reads them: it sends Enter after each. The lot stays. */
export function BindCell({ module }: { module: ModuleDetail }) {
  const isOpen = module.status === "DRAFT" || module.status === "IN_PROGRESS";
  if (!isOpen || module.cellsBound >= module.cellsRequired) return null;
  return (
    <Can permission={MAY_STEP.bindCell}>
      <Panel title={words.title}>
        <Form module={module} />
      </Panel>
    </Can>
  );
}

function Form({ module: { id, sku } }: { module: ModuleDetail }) {
  const input = useRef<HTMLInputElement>(null);
  const draft = useDraft(`line.bind:${id}`, EMPTY);
  const [tried, setTried] = useState(false);
  const serial = draft.value.serial.trim();
  const lot = draft.value.lot.trim();
  const command = useCommand({
    send: (body: Schema<"BindCell">, headers) => bindCell(id, body, headers),
    invalidates: [keys.all],
    onSuccess: (_, body) => {
      toast.success(words.done(body.serial));
      draft.change({ serial: "" });
      setTried(false);
      input.current?.focus();
    },
  });
  const errors = fieldErrors(command.error);

  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (serial === "") input.current?.focus();
    else command.mutate({ serial, ...(lot === "" ? {} : { lot }) });
  }

  return (
    <form onSubmit={submit} noValidate className={styles.form}>
      <div className={styles.scan}>
        <TextInput
          ref={input}
          label={words.serial}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={500}
          value={draft.value.serial}
          error={tried && serial === "" ? words.missing : errors.serial}
          onChange={(event) => draft.change({ serial: event.currentTarget.value })}
        />
        <TextInput
          label={words.lot}
          title={sku.requireLot === true ? words.lotRequired : words.lotHint}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={128}
          value={draft.value.lot}
          error={errors.lot}
          onChange={(event) => draft.change({ lot: event.currentTarget.value })}
        />
        <Button type="submit" loading={command.isPending}>
          {words.submit}
        </Button>
      </div>
      <RefusalNote error={command.error} shownFields={FIELDS} />
    </form>
  );
}
