import { Radio, Text } from "@mantine/core";
import styles from "./new-order.module.css";
import type { Checklist } from "./queries";
import { texts } from "./texts";

interface ChecklistItemsProps {
  checklist: Checklist;
  value: string;
  error: string | undefined;
  onChange: (itemRef: string) => void;
}

/** One of the items of a checklist, with the work orders that are open for the same text already. */
export function ChecklistItems({ checklist, value, error, onChange }: ChecklistItemsProps) {
  if (checklist.items.length === 0) return <Text c="dimmed">{texts.create.noItems}</Text>;
  return (
    <Radio.Group label={texts.create.item} value={value} onChange={onChange} error={error} required>
      <div className={styles.items}>
        {checklist.items.map(({ itemRef, text, note }) => (
          <Radio.Card key={itemRef} value={itemRef} radius="md" className={styles.item}>
            <Radio.Indicator />
            <span className={styles.what}>
              <span className={styles.name}>{text}</span>
              <span className={styles.note}>{[itemRef, note].filter(Boolean).join(" · ")}</span>
              <OpenOrders checklist={checklist} text={text} />
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

/** A work order in a list has the text of its item and not its ref. */
function OpenOrders({ checklist, text }: { checklist: Checklist; text: string }) {
  const codes = checklist.openWorkOrders.filter((order) => order.aItemText === text).map(({ code }) => code);
  if (codes.length === 0) return null;
  return <span className={styles.openOrders}>{texts.create.itemOpen(codes.join(", "))}</span>;
}
