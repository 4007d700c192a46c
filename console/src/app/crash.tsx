import { Button } from "@mantine/core";
import { useRouteError } from "react-router";
import { ErrorNote } from "~/components/error-note";
import { StateMessage } from "~/components/state-message";
import { common } from "~/texts/common";

/** Shown instead of a page that failed. A new version of the console replaces the files of an open page: reloading helps. */
export function CrashPage() {
  const error = useRouteError();
  return (
    <StateMessage kind="failed" title={common.errors.page} text={common.errors.pageHint}>
      <ErrorNote error={error} />
      <Button onClick={() => window.location.reload()}>{common.errors.reload}</Button>
    </StateMessage>
  );
}
