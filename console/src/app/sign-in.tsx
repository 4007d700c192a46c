import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { baton } from "~/api/client";
import { ApiError } from "~/api/errors";
import { ErrorNote } from "~/components/error-note";
import { common } from "~/texts/common";
import { entry } from "~/texts/entry";
import { keepDraftsOf } from "./drafts";
import { EntryPage, entryStyles } from "./entry-page";
import { nextPath } from "./session";

interface Credentials {
  identifier: string;
  password: string;
}

/** The sign-in page. After sign-in it leads to the page that was asked for. */
export default function SignIn() {
  const [credentials, setCredentials] = useState<Credentials>({ identifier: "", password: "" });
  const navigate = useNavigate();
  const { search } = useLocation();
  const signIn = useMutation({
    mutationFn: ({ identifier, password }: Credentials) => baton.session.signIn(identifier.trim(), password),
    retry: false,
    networkMode: "always",
    onSuccess: ({ userId }) => {
      keepDraftsOf(userId);
      void navigate(nextPath(search), { replace: true });
    },
  });
  useEffect(() => {
    document.title = `${entry.signIn} · ${common.product}`;
  }, []);

  function submit(event: FormEvent): void {
    event.preventDefault();
    signIn.mutate(credentials);
  }

  return (
    <EntryPage title={entry.signIn} text={entry.signInText}>
      <form className={entryStyles.form} onSubmit={submit}>
        <TextInput
          label={entry.identifier}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
          withAsterisk={false}
          value={credentials.identifier}
          onChange={(event) => setCredentials({ ...credentials, identifier: event.currentTarget.value })}
        />
        <PasswordInput
          label={entry.password}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": entry.showPassword }}
          value={credentials.password}
          onChange={(event) => setCredentials({ ...credentials, password: event.currentTarget.value })}
        />
        <ErrorNote error={refusalOf(signIn.error)} />
        <Button type="submit" fullWidth loading={signIn.isPending}>
          {entry.signIn}
        </Button>
      </form>
    </EntryPage>
  );
}

/** A wrong password needs no code and no request id. */
function refusalOf(error: Error | null): Error | null {
  return error instanceof ApiError && error.status === 401 ? new Error(entry.wrong) : error;
}
