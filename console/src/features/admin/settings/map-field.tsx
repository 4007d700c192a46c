import { ActionIcon, Button, Input, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import type { JsonSchema } from "../description";
import { hintOf, labelOf, type SettingFieldProps } from "./setting-field";
import styles from "./settings.module.css";
import { settings as texts } from "./texts";

type Entries = Readonly<Record<string, Readonly<Record<string, string | null>>>>;

/** Rows by key, each with texts: such as the GTINs of each SKU. */
export function MapField({ name, schema, entry, value, error, errors, disabled, onChange }: MapFieldProps) {
  const entries = (value ?? {}) as Entries;
  const fields = Object.keys(entry.properties ?? {});
  const rename = (from: string, to: string): void =>
    onChange(Object.fromEntries(Object.entries(entries).map(([key, row]) => [key === from ? to : key, row])));
  const setCell = (key: string, field: string, text: string): void =>
    onChange({ ...entries, [key]: { ...entries[key], [field]: text === "" ? null : text } });
  const remove = (key: string): void =>
    onChange(Object.fromEntries(Object.entries(entries).filter(([other]) => other !== key)));
  return (
    <Input.Wrapper label={labelOf(name)} description={hintOf(schema)} error={error} labelElement="div">
      <div className={styles.map}>
        {Object.entries(entries).map(([key, row], index) => (
          // The key is what is typed, so the place names the row.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <div className={styles.mapRow} key={index}>
            <KeyInput entries={entries} value={key} disabled={disabled} onRename={rename} />
            {fields.map((field) => (
              <TextInput
                key={field}
                label={labelOf(field)}
                disabled={disabled}
                error={errors[`${name}.${key}.${field}`]}
                value={row[field] ?? ""}
                onChange={(event) => setCell(key, field, event.currentTarget.value)}
              />
            ))}
            {!disabled && (
              <ActionIcon variant="subtle" color="gray" aria-label={texts.map.remove(key)} onClick={() => remove(key)}>
                <IconX size={16} />
              </ActionIcon>
            )}
          </div>
        ))}
        {!disabled && (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} />}
            disabled={"" in entries}
            onClick={() => onChange({ ...entries, "": {} })}
          >
            {texts.map.add}
          </Button>
        )}
        {disabled && Object.keys(entries).length === 0 && <span className={styles.none}>{texts.map.empty}</span>}
      </div>
    </Input.Wrapper>
  );
}

interface MapFieldProps extends SettingFieldProps {
  /** The schema of one row. */
  entry: JsonSchema;
}

interface KeyInputProps {
  entries: Entries;
  value: string;
  disabled: boolean;
  onRename: (from: string, to: string) => void;
}

/** A key that another row has is not taken, since the rows would become one. */
function KeyInput({ entries, value, disabled, onRename }: KeyInputProps) {
  return (
    <TextInput
      label={texts.map.key}
      disabled={disabled}
      placeholder="SKU-…"
      value={value}
      onChange={(event) => {
        const next = event.currentTarget.value.trim();
        if (next === value || next in entries) return;
        onRename(value, next);
      }}
    />
  );
}
