import { NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { PRIORITY_OPTIONS, type Priority } from "../states";
import styles from "./calendar.module.css";
import { OWN, PRESET_OPTIONS, ruleOf } from "./rules";
import { texts } from "./texts";
import type { Values } from "./values";

interface ScheduleFieldsProps {
  values: Values;
  items: readonly { itemRef: string; text: string }[];
  errors: Readonly<Record<string, string>>;
  onChange: (part: Partial<Values>) => void;
}

/** The inputs of what is done and when, which creating and editing share. */
export function ScheduleFields({ values, items, errors, onChange }: ScheduleFieldsProps) {
  const { form } = texts;
  const isOwn = values.preset === OWN || errors.rrule !== undefined;
  return (
    <>
      <Select
        label={form.item}
        required
        data={items.map(({ itemRef, text }) => ({ value: itemRef, label: text }))}
        value={values.itemRef || null}
        error={errors.itemRef}
        onChange={(next) => onChange({ itemRef: next ?? "" })}
      />
      <Select
        label={form.preset}
        data={PRESET_OPTIONS}
        allowDeselect={false}
        value={values.preset}
        onChange={(next) => next !== null && onChange({ preset: next, rrule: ruleOf(next, values.rrule) })}
      />
      {isOwn && (
        <TextInput
          label={form.rule}
          description={form.ruleHint}
          required
          classNames={{ input: "code" }}
          maxLength={500}
          value={values.rrule}
          error={errors.rrule}
          onChange={(event) => onChange({ preset: OWN, rrule: event.currentTarget.value })}
        />
      )}
      <When values={values} errors={errors} onChange={onChange} />
      <Select
        label={form.priority}
        data={PRIORITY_OPTIONS}
        allowDeselect={false}
        value={values.priority}
        onChange={(next) => next !== null && onChange({ priority: next as Priority })}
      />
      <Textarea
        label={form.instructions}
        maxLength={2000}
        value={values.instructions}
        error={errors.instructions}
        onChange={(event) => onChange({ instructions: event.currentTarget.value })}
      />
    </>
  );
}

function When({ values, errors, onChange }: Omit<ScheduleFieldsProps, "items">) {
  const { form } = texts;
  return (
    <>
      <div className={styles.pair}>
        <TextInput
          type="date"
          label={form.startsOn}
          value={values.startsOn}
          error={errors.startsOn}
          onChange={(event) => onChange({ startsOn: event.currentTarget.value })}
        />
        <TextInput
          type="time"
          label={form.at}
          required
          value={values.at}
          error={errors.at}
          onChange={(event) => onChange({ at: event.currentTarget.value })}
        />
      </div>
      <div className={styles.pair}>
        <TextInput
          label={form.timezone}
          required
          maxLength={64}
          value={values.timezone}
          error={errors.timezone}
          onChange={(event) => onChange({ timezone: event.currentTarget.value })}
        />
        <NumberInput
          label={form.leadDays}
          description={form.leadDaysHint}
          required
          min={0}
          max={366}
          allowDecimal={false}
          value={values.leadDays}
          error={errors.leadDays}
          onChange={(next) => onChange({ leadDays: next })}
        />
      </div>
    </>
  );
}
