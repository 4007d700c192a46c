import { Button, PasswordInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { baton } from "~/api/client";
import { fieldErrors } from "~/api/errors";
import { ErrorNote } from "~/components/error-note";
import { entry } from "~/texts/entry";
import { entryStyles } from "./entry-page";

const EMPTY = { currentPassword: "", newPassword: "", repeated: "" };
type Field = keyof typeof EMPTY;

/** Changes the person's own password. */
export function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const [values, setValues] = useState(EMPTY);
  const [differ, setDiffer] = useState(false);
  const change = useMutation({
    mutationFn: () => baton.changePassword(values.currentPassword, values.newPassword),
    retry: false,
    onSuccess: () => {
      setValues(EMPTY);
      onChanged();
    },
  });
  const fields = fieldErrors(change.error);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const same = values.newPassword === values.repeated;
    setDiffer(!same);
    if (same) change.mutate();
  }

  function input(field: Field, label: string, error: string | undefined) {
    return (
      <PasswordInput
        label={label}
        name={field}
        autoComplete={field === "currentPassword" ? "current-password" : "new-password"}
        required
        withAsterisk={false}
        error={error}
        visibilityToggleButtonProps={{ "aria-label": entry.showPassword }}
        value={values[field]}
        onChange={(event) => setValues({ ...values, [field]: event.currentTarget.value })}
      />
    );
  }

  return (
    <form className={entryStyles.form} onSubmit={submit}>
      {input("currentPassword", entry.currentPassword, fields.currentPassword)}
      {input("newPassword", entry.newPassword, fields.newPassword)}
      {input("repeated", entry.repeatPassword, differ ? entry.differ : undefined)}
      <ErrorNote error={change.error} shownFields={["currentPassword", "newPassword"]} />
      <Button type="submit" loading={change.isPending}>
        {entry.change}
      </Button>
    </form>
  );
}
