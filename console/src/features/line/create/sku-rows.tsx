import { ActionIcon, Button, Checkbox, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { type AttributeRow, type LimitRow, NEW_ATTRIBUTE, NEW_LIMIT, NEW_STEP, type StepRow } from "./sku-draft";
import styles from "./sku-form.module.css";
import { texts } from "./texts";

const words = texts.sku;

interface RowsProps<Row> {
  /** The place of the rows in the form, by which their errors are named. */
  place: string;
  rows: readonly Row[];
  errors: Readonly<Record<string, string>>;
  onChange: (rows: readonly Row[]) => void;
}

/** Limits of measurements, one in each row. */
export function LimitRows({ place, rows, errors, onChange }: RowsProps<LimitRow>) {
  return (
    <>
      {rows.map((row, index) => {
        const error = errors[`${place}.${index}`];
        const change = (part: Partial<LimitRow>) => onChange(replaced(rows, index, part));
        return (
          <Row
            key={`${place}.${
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity while it is typed
              index
            }`}
            legend={`${words.limitName} ${index + 1}`}
            className={styles.limit}
            remove={words.removeLimit(row.name)}
            onRemove={() => onChange(rows.filter((_, at) => at !== index))}
          >
            <Field
              label={words.limitName}
              max={64}
              value={row.name}
              error={error}
              onChange={(name) => change({ name })}
            />
            <Field
              label={words.min}
              decimal
              value={row.min}
              error={error !== undefined}
              onChange={(min) => change({ min })}
            />
            <Field
              label={words.max}
              decimal
              value={row.max}
              error={error !== undefined}
              onChange={(max) => change({ max })}
            />
            <Field
              label={words.unit}
              max={16}
              value={row.unit}
              error={error !== undefined}
              onChange={(unit) => change({ unit })}
            />
          </Row>
        );
      })}
      <Add label={words.addLimit} onAdd={() => onChange([...rows, NEW_LIMIT])} />
    </>
  );
}

/** Steps of tests, each with its limits. */
export function StepRows({ place, rows, errors, onChange }: RowsProps<StepRow>) {
  return (
    <>
      {rows.map((row, index) => {
        const change = (part: Partial<StepRow>) => onChange(replaced(rows, index, part));
        return (
          <div
            key={`${place}.${
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity while it is typed
              index
            }`}
            className={styles.step}
          >
            <Row
              legend={`${words.step} ${index + 1}`}
              className={styles.stepHead}
              remove={words.removeStep(row.step)}
              onRemove={() => onChange(rows.filter((_, at) => at !== index))}
            >
              <Field
                label={words.step}
                max={64}
                value={row.step}
                error={errors[`${place}.${index}`]}
                onChange={(step) => change({ step })}
              />
              <Checkbox
                className={styles.check ?? ""}
                label={words.required}
                checked={row.required}
                onChange={(event) => change({ required: event.currentTarget.checked })}
              />
            </Row>
            <LimitRows
              place={`${place}.${index}.limits`}
              rows={row.limits}
              errors={errors}
              onChange={(limits) => change({ limits })}
            />
          </div>
        );
      })}
      <Add label={words.addStep} onAdd={() => onChange([...rows, NEW_STEP])} />
    </>
  );
}

/** Attributes of the battery passport. */
export function AttributeRows({ place, rows, errors, onChange }: RowsProps<AttributeRow>) {
  return (
    <>
      {rows.map((row, index) => {
        const error = errors[`${place}.${index}`];
        const change = (part: Partial<AttributeRow>) => onChange(replaced(rows, index, part));
        return (
          <Row
            key={`${place}.${
              // biome-ignore lint/suspicious/noArrayIndexKey: a row has no other identity while it is typed
              index
            }`}
            legend={`${words.attribute} ${index + 1}`}
            className={styles.attribute}
            remove={words.removeAttribute(row.name)}
            onRemove={() => onChange(rows.filter((_, at) => at !== index))}
          >
            <Field
              label={words.attribute}
              max={64}
              value={row.name}
              error={error}
              onChange={(name) => change({ name })}
            />
            <Field
              label={words.value}
              max={500}
              value={row.value}
              error={error !== undefined}
              onChange={(value) => change({ value })}
            />
            <Field
              label={words.unit}
              max={16}
              value={row.unit}
              error={error !== undefined}
              onChange={(unit) => change({ unit })}
            />
          </Row>
        );
      })}
      <Add label={words.addAttribute} onAdd={() => onChange([...rows, NEW_ATTRIBUTE])} />
    </>
  );
}

function replaced<Row>(rows: readonly Row[], index: number, part: Partial<Row>): readonly Row[] {
  return rows.map((row, at) => (at === index ? { ...row, ...part } : row));
}

interface RowProps {
  legend: string;
  className: string | undefined;
  remove: string;
  onRemove: () => void;
  children: ReactNode;
}

function Row({ legend, className = "", remove, onRemove, children }: RowProps) {
  return (
    <fieldset className={`${styles.row} ${className}`}>
      <legend className="visually-hidden">{legend}</legend>
      {children}
      <ActionIcon
        className={styles.remove ?? ""}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={remove}
        onClick={onRemove}
      >
        <IconTrash size={18} />
      </ActionIcon>
    </fieldset>
  );
}

interface FieldProps {
  label: string;
  value: string;
  max?: number;
  decimal?: boolean;
  error: string | boolean | undefined;
  onChange: (text: string) => void;
}

function Field({ label, value, max, decimal = false, error, onChange }: FieldProps) {
  return (
    <TextInput
      label={label}
      autoComplete="off"
      {...(decimal ? { inputMode: "decimal" as const } : {})}
      {...(max === undefined ? {} : { maxLength: max })}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Add({ label, onAdd }: { label: string; onAdd: () => void }) {
  return (
    <Button
      className={styles.add ?? ""}
      variant="subtle"
      size="compact-sm"
      leftSection={<IconPlus size={16} />}
      onClick={onAdd}
    >
      {label}
    </Button>
  );
}
