import { ActionIcon, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import type { Decimal } from "./decimals";
import type { Extra } from "./disposition";
import styles from "./disposition-form.module.css";
import { type Limit, prevents, type Verdict } from "./limits";
import { limitText, MeasurementBar, VerdictBadge } from "./measurement-bar";
import { texts } from "./texts";

const words = texts.disposition;

interface MeasurementFieldProps {
  id: string;
  name: string;
  typed: string;
  limit: Limit | undefined;
  value: Decimal | undefined;
  verdict: Verdict;
  error: string | undefined;
  /** Whether a value that prevents passing is an error now. */
  wrong: boolean;
  onChange: (text: string) => void;
}

/** Takes the value of a measurement that has a limit, and shows at once how it relates to the limit. */
export function MeasurementField(props: MeasurementFieldProps) {
  const { id, name, typed, limit, value, verdict, error, wrong, onChange } = props;
  if (limit === undefined) return null;
  return (
    <div className={styles.field}>
      <TextInput
        id={id}
        label={words.value(name, limit.unit)}
        description={limitText(limit)}
        inputMode="decimal"
        autoComplete="off"
        rightSection={<span className={styles.unit}>{limit.unit}</span>}
        rightSectionWidth={Math.min(5.5, 1.25 + limit.unit.length * 0.6) * 16}
        value={typed}
        error={error ?? (wrong && prevents(verdict))}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <div className={styles.bar}>
        <MeasurementBar value={value} limit={limit} />
      </div>
      <div className={styles.verdict} aria-live="polite">
        {error === undefined && <VerdictBadge verdict={verdict} unit={limit.unit} />}
      </div>
    </div>
  );
}

interface ExtraFieldProps {
  id: string;
  extra: Extra;
  error: string | undefined;
  onChange: (extra: Extra) => void;
  onRemove: () => void;
}

/** Takes a measurement that has no limit; it is only recorded. */
export function ExtraField({ id, extra, error, onChange, onRemove }: ExtraFieldProps) {
  return (
    <fieldset className={styles.extra}>
      <legend className="visually-hidden">{words.extra}</legend>
      <TextInput
        id={id}
        label={words.extraName}
        maxLength={64}
        value={extra.name}
        error={error}
        onChange={(event) => onChange({ ...extra, name: event.currentTarget.value })}
      />
      <TextInput
        label={words.extraValue}
        inputMode="decimal"
        value={extra.value}
        error={error !== undefined}
        onChange={(event) => onChange({ ...extra, value: event.currentTarget.value })}
      />
      <TextInput
        label={words.extraUnit}
        maxLength={16}
        value={extra.unit}
        error={error !== undefined}
        onChange={(event) => onChange({ ...extra, unit: event.currentTarget.value })}
      />
      <ActionIcon
        className={styles.remove}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={words.remove(extra.name)}
        onClick={onRemove}
      >
        <IconTrash size={18} />
      </ActionIcon>
    </fieldset>
  );
}
