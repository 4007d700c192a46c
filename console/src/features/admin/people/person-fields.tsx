import { Select, TagsInput, TextInput } from "@mantine/core";
import styles from "../admin.module.css";
import { useRoleOptions } from "../queries";
import { PersonSelect } from "./person-select";
import { people as texts } from "./texts";
import type { PersonValues } from "./values";

interface PersonFieldsProps {
  values: PersonValues;
  errors: Readonly<Record<string, string>>;
  /** A new role ends sessions, which matters for a person who exists. */
  existing: boolean;
  onChange: (part: Partial<PersonValues>) => void;
}

type TextField = Exclude<keyof PersonValues, "skills">;

/** The inputs of a person, new or not. */
export function PersonFields({ values, errors, existing, onChange }: PersonFieldsProps) {
  const roles = useRoleOptions();
  const text = (name: TextField, extra: object = {}) => (
    <TextInput
      label={texts.fields[name]}
      error={errors[name]}
      value={values[name]}
      autoComplete="off"
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
      {...extra}
    />
  );
  const required = { required: true };
  return (
    <>
      <div className={styles.two}>
        {text("fullName", { ...required, "data-autofocus": true })}
        {text("username", required)}
      </div>
      {roles.length === 0 ? (
        text("role", required)
      ) : (
        <Select
          label={texts.fields.role}
          description={existing ? texts.hints.roleEnds : undefined}
          required
          searchable
          data={roles}
          error={errors.role}
          value={values.role || null}
          onChange={(role) => onChange({ role: role ?? "" })}
        />
      )}
      <div className={styles.two}>
        {text("email", { type: "email" })}
        {text("phone", { type: "tel", placeholder: "+31 6 12345678" })}
        {text("gameZone")}
        {text("team")}
      </div>
      <PersonSelect
        label={texts.fields.reportsTo}
        error={errors.reportsTo}
        value={values.reportsTo}
        onChange={(reportsTo) => onChange({ reportsTo })}
      />
      <TagsInput
        label={texts.fields.skills}
        description={texts.hints.skills}
        error={errors.skills}
        value={values.skills}
        onChange={(skills) => onChange({ skills })}
      />
      {text("profilePicture", { type: "url" })}
    </>
  );
}
