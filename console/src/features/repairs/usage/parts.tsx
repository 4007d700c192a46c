import { NumberInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldErrors } from "~/api/errors";
import { useCommand } from "~/api/queries";
import type { Schema } from "~/api/schema";
import { useDraft } from "~/app/drafts";
import { DrawerSection } from "~/components/detail-drawer";
import { PlainTable } from "~/components/plain-table";
import { toast } from "~/components/toast";
import { moneyOf } from "../money";
import { useReach } from "../permissions";
import { keys, type WorkOrderDetail } from "../queries";
import { RemoveButton } from "../remove-button";
import { addPart, RECORD_PARTS, removePart } from "./commands";
import { AddForm, useMayRemove } from "./entries";
import { texts } from "./texts";
import styles from "./usage.module.css";

const { parts: words } = texts;
const EMPTY: { name: string; quantity: number | string; unitCost: number | string; currency: string } = {
  name: "",
  quantity: 1,
  unitCost: "",
  currency: "",
};
const FIELDS = ["name", "quantity", "unitCost", "currency"] as const;

/** The parts that an order used, with their costs by currency. */
export function Parts({ order }: { order: WorkOrderDetail }) {
  const { costs, entries } = order.parts;
  const mayRemove = useMayRemove(RECORD_PARTS, order);
  const mayAdd = useReach()(RECORD_PARTS, order);
  if (entries.length === 0 && !mayAdd) return null;
  return (
    <DrawerSection title={words.title}>
      {entries.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      )}
      {entries.length > 0 && (
        <PlainTable label={words.title} headers={[...words.columns, texts.action]}>
          {entries.map((item) => (
            <tr key={item.id}>
              <td>
                {item.name}
                <span className={styles.note}>{item.addedBy}</span>
              </td>
              <td>{numberOf(item.quantity)}</td>
              <td>{item.cost === null ? "–" : moneyOf(item.cost, item.currency)}</td>
              <td>
                {mayRemove(item) && (
                  <RemoveButton
                    label={words.remove(item.name)}
                    removed={words.removed}
                    send={(key) => removePart(order.id, item.id, key)}
                  />
                )}
              </td>
            </tr>
          ))}
        </PlainTable>
      )}
      {costs.length > 0 && (
        <p className={styles.sum}>
          {words.sum(costs.map(({ amount, currency }) => moneyOf(amount, currency)).join(", "))}
        </p>
      )}
      {mayAdd && <PartForm orderId={order.id} />}
    </DrawerSection>
  );
}

function PartForm({ orderId }: { orderId: string }) {
  const draft = useDraft(`repairs.part:${orderId}`, EMPTY);
  const [wasSent, setSent] = useState(false);
  const { unitCost } = draft.value;
  const name = draft.value.name.trim();
  const quantity = Number(draft.value.quantity);
  const command = useCommand<unknown, Schema<"AddPart">>({
    send: (body, key) => addPart(orderId, body, key),
    invalidates: [keys.orders],
  });
  const errors = fieldErrors(command.error);

  function submit(close: () => void): void {
    setSent(true);
    if (name === "" || !(quantity > 0)) return;
    const cost = unitCost === "" ? null : Number(unitCost);
    command.mutate(
      { name, quantity, unitCost: cost, currency: draft.value.currency.trim().toUpperCase() || null },
      {
        onSuccess: () => {
          draft.clear();
          setSent(false);
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
      <TextInput
        label={words.name}
        required
        maxLength={100}
        value={draft.value.name}
        error={wasSent && name === "" ? words.nameMissing : errors.name}
        onChange={(event) => draft.change({ name: event.currentTarget.value })}
      />
      <NumberInput
        label={words.quantity}
        required
        min={0}
        decimalScale={4}
        value={draft.value.quantity}
        error={wasSent && !(quantity > 0) ? words.quantityMissing : errors.quantity}
        onChange={(next) => draft.change({ quantity: next })}
      />
      <NumberInput
        label={words.unitCost}
        min={0}
        decimalScale={4}
        value={unitCost}
        error={errors.unitCost}
        onChange={(next) => draft.change({ unitCost: next })}
      />
      <TextInput
        label={words.currency}
        placeholder={words.currencyHint}
        maxLength={3}
        value={draft.value.currency}
        error={errors.currency}
        onChange={(event) => draft.change({ currency: event.currentTarget.value })}
      />
    </AddForm>
  );
}

function numberOf(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 8 });
}
