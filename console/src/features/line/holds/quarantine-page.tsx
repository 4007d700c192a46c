import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useCommand } from "~/api/queries";
import { useCan } from "~/app/me";
import { ConfirmWithReason } from "~/components/confirm-with-reason";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { TimeAgo } from "~/components/date-time";
import { PageHeader } from "~/components/page-header";
import { StateMessage } from "~/components/state-message";
import { toast } from "~/components/toast";
import { MAY } from "../feature";
import { BatchLink } from "../links";
import { pagingOf, useListAddress } from "../list";
import { NarrowRow } from "../narrow-row";
import { keys, type Pack } from "../queries";
import { reworkPack } from "../steps/commands";
import { MAY_STEP } from "../steps/permissions";
import { RefusalNote } from "../steps/refusal-note";
import { texts as steps } from "../steps/texts";
import { LINE_TABS, Tabs } from "../tabs";
import { texts as line } from "../texts";
import { quarantineQuery } from "./queries";
import { texts } from "./texts";

const words = texts.quarantine;

/** The packs in quarantine: each is decided on at its page, or reworked. */
export default function QuarantinePage() {
  const navigate = useNavigate();
  const address = useListAddress();
  const query = useQuery(quarantineQuery(address.page));
  const [asked, ask] = useState<Pack | null>(null);
  return (
    <>
      <PageHeader title={words.title} description={words.description} />
      <Tabs tabs={LINE_TABS} />
      <DataGrid
        label={words.list}
        columns={[...COLUMNS, actionsColumn(ask)]}
        narrow={(pack) => narrowPack(pack, ask)}
        state={rowsOf(query, (page) => page.data)}
        paging={pagingOf(query, address)}
        rowId={({ id }) => id}
        onOpen={({ id }) => void navigate(`/line/packs/${id}`)}
        empty={<StateMessage kind="empty" title={words.empty} text={words.emptyHint} />}
      />
      {asked !== null && <ReworkDialog key={asked.id} pack={asked} onClose={() => ask(null)} />}
    </>
  );
}

function ReworkDialog({ pack: { id, version }, onClose }: { pack: Pack; onClose: () => void }) {
  const navigate = useNavigate();
  const command = useCommand({
    send: (reason: string, headers) => reworkPack({ id, version }, reason, headers),
    invalidates: [keys.all],
    onSuccess: () => toast.success(steps.rework.done),
  });
  return (
    <ConfirmWithReason
      opened
      onClose={onClose}
      title={steps.rework.title}
      text={steps.rework.text}
      action={steps.rework.action}
      draft={`line.rework:${id}`}
      pending={command.isPending}
      note={<RefusalNote error={command.error} />}
      onConfirm={async (reason) => {
        await command.mutateAsync(reason);
        onClose();
        void navigate(`/line/packs/${id}`);
      }}
    />
  );
}

const { columns } = line;

const COLUMNS: readonly Column<Pack>[] = [
  { id: "serial", header: columns.serial, width: "minmax(0, 1.5fr)", cell: (pack) => <Serial pack={pack} /> },
  {
    id: "sku",
    header: columns.sku,
    width: "minmax(0, 1fr)",
    show: "medium",
    cell: ({ sku }) => sku.skuCode ?? sku.name,
  },
  {
    id: "batch",
    header: columns.batch,
    width: "8rem",
    show: "wide",
    cell: ({ batchId }) => <BatchLink batchId={batchId} />,
  },
  {
    id: "since",
    header: words.since,
    width: "8rem",
    show: "medium",
    cell: (pack) => <TimeAgo value={sinceOf(pack)} />,
  },
];

function Serial({ pack }: { pack: Pack }) {
  return (
    <span className="code" title={pack.serial}>
      {pack.serial}
    </span>
  );
}

function sinceOf({ disposedAt, updatedAt }: Pack): string {
  return disposedAt ?? updatedAt;
}

type Ask = (pack: Pack) => void;

function actionsColumn(ask: Ask): Column<Pack> {
  return {
    id: "actions",
    header: texts.columns.actions,
    width: "12rem",
    align: "end",
    cell: (pack) => <Actions pack={pack} ask={ask} />,
  };
}

function Actions({ pack, ask }: { pack: Pack; ask: Ask }) {
  const can = useCan();
  return (
    <Group gap="xs" wrap="nowrap">
      {can(MAY.dispose) && (
        <Button
          component={Link}
          to={`/line/packs/${pack.id}`}
          variant="default"
          size="compact-sm"
          aria-label={words.decideOf(pack.serial)}
          onClick={(event) => event.stopPropagation()}
        >
          {words.decide}
        </Button>
      )}
      {can(MAY_STEP.reworkPack) && (
        <Button
          variant="default"
          size="compact-sm"
          aria-label={words.reworkOf(pack.serial)}
          onClick={(event) => {
            event.stopPropagation();
            ask(pack);
          }}
        >
          {steps.rework.action}
        </Button>
      )}
    </Group>
  );
}

function narrowPack(pack: Pack, ask: Ask) {
  return (
    <NarrowRow
      title={<Serial pack={pack} />}
      badge={<Actions pack={pack} ask={ask} />}
      meta={pack.sku.skuCode ?? pack.sku.name}
      time={sinceOf(pack)}
    />
  );
}
