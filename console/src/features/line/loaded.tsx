import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ApiError } from "~/api/errors";
import { ErrorNote } from "~/components/error-note";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { texts } from "./texts";

interface LoadedProps<Data> {
  query: UseQueryResult<Data, Error>;
  /** The title while there is nothing to show. */
  title: string;
  back: { to: string; label: string };
  /** Says that there is no such thing. */
  missing: string;
  children: (data: Data) => ReactNode;
}

/** Shows one thing once it was read. What was read stays when reading it again fails. */
export function Loaded<Data>({ query, title, back, missing, children }: LoadedProps<Data>) {
  const { data, error, refetch } = query;
  if (data !== undefined) {
    return (
      <>
        <ErrorNote error={error instanceof ApiError ? error : null} onRetry={() => void refetch()} />
        {children(data)}
      </>
    );
  }
  const isMissing = error instanceof ApiError && [404, 422].includes(error.status);
  return (
    <>
      <PageHeader title={title} back={back} />
      {error === null && <Skeleton height={280} radius="md" />}
      {isMissing && <StateMessage kind="missing" title={missing} text={texts.missing.hint} />}
      {error !== null && !isMissing && <ErrorNote error={error} onRetry={() => void refetch()} />}
    </>
  );
}
