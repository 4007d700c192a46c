import { NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { readable } from "~/components/status-badge";
import { allowsNull, type Description, type JsonSchema, resolved, typesOf } from "../description";
import { MapField } from "./map-field";
import { settings as texts } from "./texts";

export interface SettingFieldProps {
  name: string;
  schema: JsonSchema;
  description: Description;
  value: unknown;
  error: string | undefined;
  /** Errors of the whole form, for fields within this one. */
  errors: Readonly<Record<string, string>>;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

/** One setting, as its type asks for: a number, a text, a choice, yes or no, or rows. */
export function SettingField(props: SettingFieldProps) {
  const { schema, value, onChange } = props;
  const shared = {
    label: labelOf(props.name),
    description: hintOf(schema),
    error: props.error,
    disabled: props.disabled,
  };
  const [type] = typesOf(schema);
  if (schema.enum !== undefined) {
    const data = schema.enum.map((one) => ({ value: String(one), label: readable(String(one)) }));
    return <Select {...shared} data={data} value={String(value ?? "")} onChange={onChange} />;
  }
  if (type === "boolean") {
    return <Switch {...shared} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
  }
  if (type === "integer" || type === "number") {
    return (
      <NumberInput
        {...shared}
        allowDecimal={type === "number"}
        min={schema.minimum}
        max={schema.maximum}
        clampBehavior="none"
        value={typeof value === "number" || typeof value === "string" ? value : ""}
        onChange={(next) => onChange(next === "" ? null : next)}
      />
    );
  }
  if (type === "object") {
    return <MapField {...props} entry={resolved(props.description, entrySchemaOf(schema))} />;
  }
  return (
    <TextInput
      {...shared}
      maxLength={schema.maxLength}
      value={typeof value === "string" ? value : ""}
      onChange={(event) => onChange(event.currentTarget.value || (allowsNull(schema) ? null : ""))}
    />
  );
}

export function labelOf(name: string): string {
  return texts.fields[name] ?? readable(name.replaceAll(/([a-z])([A-Z])/g, "$1 $2"));
}

/** The sentence of the description; what it says about requests is shown as the default. */
export function hintOf(schema: JsonSchema): string {
  const text = (schema.description ?? "")
    .replace(/;[^;]*if absent from a request\./, ".")
    .replaceAll("Null:", texts.empty)
    .replaceAll("`", "");
  const { default: byDefault } = schema;
  if (byDefault === undefined || typeof byDefault === "object") return text;
  return `${text} ${texts.byDefault(String(byDefault))}.`.trim();
}

function entrySchemaOf({ additionalProperties }: JsonSchema): JsonSchema | undefined {
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}
