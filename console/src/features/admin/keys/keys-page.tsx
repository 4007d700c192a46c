import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useCommand } from "~/api/queries";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { type Column, DataGrid } from "~/components/data-grid";
import { useCursorRows } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { toast } from "~/components/toast";
import { ActorName } from "../actor";
import { keys, type Option, useRoleOptions } from "../queries";
import { Secret } from "../secret";
import { CreateKey } from "./create-key";
import { type ApiKey, type ApiKeyPage, apiKeysQuery, deleteApiKey } from "./queries";
import { keys as texts } from "./texts";

/** The API keys of the organisation. */
export default function KeysPage() {
  const { state, paging } = useCursorRows(useInfiniteQuery(apiKeysQuery), keysOf);
  const roles = useRoleOptions();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const [removing, setRemoving] = useState<ApiKey | null>(null);
  const columns = useMemo(() => columnsWith(roles, setRemoving), [roles]);
  return (
    <>
      <PageHeader
        title={texts.title}
        description={texts.description}
        actions={
          <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
            {texts.add}
          </Button>
        }
      />
      <DataGrid
        label={texts.list}
        columns={columns}
        state={state}
        paging={paging}
        rowId={({ id }) => id}
        empty={<StateMessage kind="empty" title={texts.empty} text={texts.emptyHint} />}
      />
      <CreateKey
        opened={adding}
        onClose={() => setAdding(false)}
        onCreated={(key) => {
          setAdding(false);
          setSecret(key.key ?? null);
        }}
      />
      <Secret secret={secret} title={texts.shown.title} text={texts.shown.text} onClose={() => setSecret(null)} />
      {removing !== null && <Remove apiKey={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function Remove({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const remove = useCommand<unknown, ApiKey>({
    send: deleteApiKey,
    invalidates: [keys.apiKeys],
    onSuccess: () => {
      toast.success(texts.remove.done(apiKey.name));
      onClose();
    },
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={texts.remove.title(apiKey.name)}
      text={texts.remove.text}
      action={texts.remove.action}
      danger
      reason="none"
      draft={`admin.keys.delete:${apiKey.id}`}
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutateAsync(apiKey)}
    />
  );
}

function keysOf(page: ApiKeyPage): readonly ApiKey[] {
  return page.data;
}

function columnsWith(roles: readonly Option[], onRemove: (key: ApiKey) => void): readonly Column<ApiKey>[] {
  const names = new Map(roles.map(({ value, label }) => [value, label]));
  const { columns } = texts;
  return [
    {
      id: "name",
      header: columns.name,
      width: "minmax(0, 2fr)",
      cell: ({ name }) => <span title={name}>{name}</span>,
    },
    { id: "role", header: columns.role, width: "minmax(0, 1fr)", cell: ({ role }) => names.get(role) ?? role },
    {
      id: "by",
      header: columns.by,
      width: "minmax(0, 1fr)",
      show: "medium",
      cell: ({ createdBy }) => <ActorName id={createdBy} />,
    },
    {
      id: "created",
      header: columns.created,
      width: "7rem",
      align: "end",
      show: "medium",
      cell: ({ createdAt }) => <TimeAgo value={createdAt} />,
    },
    {
      id: "actions",
      header: columns.actions,
      width: "5.5rem",
      align: "end",
      cell: (key) => (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={texts.remove.label(key.name)}
          onClick={() => onRemove(key)}
        >
          {texts.remove.action}
        </Button>
      ),
    },
  ];
}
