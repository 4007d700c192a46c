import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "react-router";
import { ApiError } from "~/api/errors";
import { Can } from "~/app/me";
import { Copyable, shortId } from "~/components/copyable";
import { DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { DateTime } from "~/components/date-time";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import { Timeline } from "~/components/timeline";
import { BatchProgress } from "./batch-progress";
import { useCompleteBatch, useStartBatch } from "./commands";
import { NewUnit } from "./create/new-unit";
import { MAY } from "./feature";
import { batchHistory } from "./history";
import { HoldsNote } from "./holds/holds-note";
import { NewHold } from "./holds/new-hold";
import { LineLink, SkuLink } from "./links";
import { Loaded } from "./loaded";
import { narrowPack, PACK_COLUMNS } from "./packs-page";
import styles from "./page.module.css";
import { type Batch, type BatchDetail, batchQuery, packsQuery } from "./queries";
import { BATCH_STATES } from "./states";
import { StepButton } from "./step-button";
import { VoidBatch } from "./steps/void-batch";
import { texts } from "./texts";

const BACK = { to: "/line/batches", label: texts.batches.title };

/** One batch: its progress, its packs, and the steps that begin and end it. */
export default function BatchPage() {
  const { batchId = "" } = useParams();
  const query = useQuery(batchQuery(batchId));
  return (
    <Loaded query={query} title={texts.batches.title} back={BACK} missing={texts.missing.batch}>
      {(batch) => <Page batch={batch} />}
    </Loaded>
  );
}

function Page({ batch }: { batch: BatchDetail }) {
  const start = useStartBatch();
  const complete = useCompleteBatch();
  const { id, version, status } = batch;
  const completing = status === "IN_PROGRESS";
  return (
    <>
      <PageHeader
        title={`${texts.batch.label} ${shortId(id)}`}
        description={
          <span className={styles.states}>
            <StatusBadge state={status} states={BATCH_STATES} />
          </span>
        }
        back={BACK}
        actions={
          <>
            <NewHold held={{ kind: "BATCH", value: id }} />
            <VoidBatch batch={batch} />
            {status === "DRAFT" && (
              <Can permission={MAY.startBatch}>
                <Button loading={start.isPending} onClick={() => start.mutate({ id, version })}>
                  {texts.batch.start}
                </Button>
              </Can>
            )}
            {completing && (
              <StepButton
                permission={MAY.completeBatch}
                label={texts.batch.complete}
                title={texts.batch.completeTitle}
                text={texts.batch.completeText}
                step={{ id, version }}
                command={complete}
              />
            )}
          </>
        }
      />
      <div className={styles.stack}>
        <HoldsNote holds={batch.holds} />
        <ErrorNote error={start.error} />
        {completing && <OpenPacks error={complete.error} />}
        <Columns width="22rem">
          <Details batch={batch} />
          <div className={styles.stack}>
            <Progress batch={batch} />
            <Panel title={texts.history}>
              <Timeline label={texts.history} entries={batchHistory(batch)} />
            </Panel>
          </div>
        </Columns>
        <Can permission={MAY.readPacks}>
          <Packs batch={batch} />
        </Can>
      </div>
    </>
  );
}

interface OpenPack {
  packId: string;
  serial: string;
}

/** The packs for which the server refused to complete the batch. */
function OpenPacks({ error }: { error: Error | null }) {
  const open = error instanceof ApiError ? ((error.details.openPacks ?? []) as readonly OpenPack[]) : [];
  if (open.length === 0) return null;
  return (
    <Panel title={texts.batch.openPacks}>
      <ul className={styles.links}>
        {open.map(({ packId, serial }) => (
          <li key={packId}>
            <LineLink to={`/line/packs/${packId}`}>{serial}</LineLink>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Details({ batch }: { batch: Batch }) {
  const { fields } = texts;
  return (
    <Panel title={texts.details}>
      <KeyValueList
        items={[
          { label: fields.sku, value: <SkuLink sku={batch.sku} /> },
          { label: fields.notes, value: batch.notes },
          { label: fields.target, value: batch.targetQuantity?.toLocaleString("en") },
          { label: fields.id, value: <Copyable text={batch.id} /> },
          { label: fields.updated, value: <DateTime value={batch.updatedAt} /> },
        ]}
      />
    </Panel>
  );
}

function Progress({ batch: { packs, targetQuantity } }: { batch: Batch }) {
  const { batch: words } = texts;
  return (
    <Panel title={words.progress}>
      <BatchProgress packs={packs} target={targetQuantity} />
      <KeyValueList
        items={[
          { label: words.passed, value: <span className="numbers">{packs.passed.toLocaleString("en")}</span> },
          { label: words.failed, value: <span className="numbers">{packs.failed.toLocaleString("en")}</span> },
          { label: words.open, value: <span className="numbers">{packs.open.toLocaleString("en")}</span> },
        ]}
      />
    </Panel>
  );
}

/** The newest packs of the batch; the list of packs has all of them. */
function Packs({ batch }: { batch: Batch }) {
  const navigate = useNavigate();
  const query = useQuery(packsQuery({ batchId: batch.id }, 1));
  return (
    <Panel
      title={texts.batch.packs}
      actions={
        <span className={styles.states}>
          {batch.status === "IN_PROGRESS" && (
            <>
              <NewUnit kind="module" batchId={batch.id} small />
              <NewUnit kind="pack" batchId={batch.id} small />
            </>
          )}
          <Button component={Link} to={`/line/modules?batchId=${batch.id}`} variant="default" size="compact-sm">
            {texts.batch.allModules}
          </Button>
          <Button component={Link} to={`/line/packs?batchId=${batch.id}`} variant="default" size="compact-sm">
            {texts.batch.allPacks}
          </Button>
        </span>
      }
    >
      <DataGrid
        label={texts.batch.packs}
        columns={PACK_COLUMNS}
        narrow={narrowPack}
        state={rowsOf(query, (page) => page.data)}
        rowId={(pack) => pack.id}
        onOpen={(pack) => void navigate(`/line/packs/${pack.id}`)}
        empty={<StateMessage kind="empty" title={texts.packs.empty} text={texts.packs.emptyHint} />}
      />
    </Panel>
  );
}
