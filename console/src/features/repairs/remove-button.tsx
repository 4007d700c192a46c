import { ActionIcon } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useCommand } from "~/api/queries";
import { ErrorNote } from "~/components/error-note";
import { toast } from "~/components/toast";
import { keys } from "./queries";

interface RemoveProps {
  label: string;
  removed: string;
  send: (key: { "Idempotency-Key": string }) => Promise<unknown>;
}

/** Takes an entry back. */
export function RemoveButton({ label, removed, send }: RemoveProps) {
  const command = useCommand<unknown>({
    send: (_, key) => send(key),
    invalidates: [keys.orders],
    onSuccess: () => toast.success(removed),
  });
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={label}
        title={label}
        loading={command.isPending}
        onClick={() => command.mutate()}
      >
        <IconTrash size={16} aria-hidden="true" />
      </ActionIcon>
      <ErrorNote error={command.error} />
    </>
  );
}
