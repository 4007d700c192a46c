import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { common } from "~/texts/common";
import { entry } from "~/texts/entry";
import { EntryPage } from "./entry-page";
import { meQuery } from "./me";
import { PasswordForm } from "./password-form";
import { signOut } from "./session";

/** Shown instead of everything else while the person has a one-time password. */
export default function ChangePasswordPage() {
  const client = useQueryClient();
  return (
    <EntryPage title={entry.changeTitle} text={entry.changeText}>
      <PasswordForm onChanged={() => void client.resetQueries({ queryKey: meQuery.queryKey, exact: true })} />
      <Button variant="subtle" color="gray" fullWidth mt="sm" onClick={() => void signOut(client)}>
        {common.signOut}
      </Button>
    </EntryPage>
  );
}
