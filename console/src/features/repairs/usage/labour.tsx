import { NumberInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import { useDraft } from "~/app/drafts";
import { DrawerSection } from "~/components/detail-drawer";
import { PlainTable } from "~/components/plain-table";
import { toast } from "~/components/toast";
import { useReach } from "../permissions";
import { keys, type WorkOrderDetail } from "../queries";
import { RemoveButton } from "../remove-button";
import { addLabour, RECORD_LABOUR, removeLabour } from "./commands";
import { AddForm, useMayRemove } from "./entries";
import { texts } from "./texts";
import styles from "./usage.module.css";

const { labour: words } = texts;
const EMPTY: { minutes: number | string; note: string } = { minutes: "", note: "" };
const FIELDS = ["minutes", "note"] as const;

/** The time worked on an order, and what was added to it. */
export function Labour({ order }: { order: WorkOrderDetail }) {
  const { totalMinutes, workedMinutes, addedMinutes, entries } = order.labour;
  const mayRemove = useMayRemove(RECORD_LABOUR, order);
  const mayAdd = useReach()(RECORD_LABOUR, order);
  if (totalMinutes === 0 && entries.length === 0 && !mayAdd) return null;
  return (
    <DrawerSection title={words.title}>
      <p className={styles.sum}>{words.sum(spanOf(totalMinutes), spanOf(workedMinutes), spanOf(addedMinutes))}</p>
      {entries.length > 0 && (
        <PlainTable label={words.title} headers={[...words.columns, texts.action]}>
          {entries.map((entry) => (
            <tr key={entry.id}>
              <td>{entry.note ?? "–"}</td>
              <td>{spanOf(entry.minutes)}</td>
              <td>{entry.addedBy}</td>
              <td>
                {mayRemove(entry) && (
                  <RemoveButton
                    label={words.remove(spanOf(entry.minutes))}
                    removed={words.removed}
                    send={(key) => removeLabour(order.id, entry.id, key)}
                  />
                )}
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
      {entries.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
      {mayAdd && <LabourForm orderId={order.id} />}
    </DrawerSection>
  );
}

function LabourForm({ orderId }: { orderId: string }) {
  const draft = useDraft(`repairs.labour:${orderId}`, EMPTY);
  const [isMissing, setMissing] = useState(false);
  const minutes = Number(draft.value.minutes);
  const isValid = Number.isInteger(minutes) && minutes > 0;
  const command = useCommand<unknown, { minutes: number; note: string | null }>({
    send: (body, key) => addLabour(orderId, body, key),
    invalidates: [keys.orders],
  });
  const errors = fieldErrors(command.error);

  function submit(close: () => void): void {
    setMissing(!isValid);
    if (!isValid) return;
    command.mutate(
      { minutes, note: draft.value.note.trim() || null },
      {
        onSuccess: () => {
          draft.clear();
          toast.success(words.added);
          close();
        },
      },
    );
  }

  return (
    <AddForm
      action={words.add}
      pending={command.isPending}
      error={command.error}
      shownFields={FIELDS}
      onSubmit={submit}
    >
      <NumberInput
        label={words.minutes}
        required
        min={1}
        max={10_080}
        value={draft.value.minutes}
        error={isMissing && !isValid ? words.minutesMissing : errors.minutes}
        onChange={(next) => draft.change({ minutes: next })}
      />
      <TextInput
        label={words.note}
        maxLength={500}
        value={draft.value.note}
        error={errors.note}
        onChange={(event) => draft.change({ note: event.currentTarget.value })}
      />
    </AddForm>
  );
}

/** Return minutes as hours and minutes: `1 h 25 min`. */
function spanOf(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 ? `${hours} h` : "", rest > 0 || hours === 0 ? `${rest} min` : ""].filter(Boolean).join(" ");
}
