import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { Can } from "~/app/me";
import { Copyable, shortId } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { ProgressBar } from "~/components/progress-bar";
import { StatusBadge } from "~/components/status-badge";
import { StepWithReason } from "~/components/step-with-reason";
import { Loaded } from "../loaded";
import page from "../page.module.css";
import { cancelRecall, closeRecall, reopenRecall } from "./commands";
import { MAY_RECALL } from "./permissions";
import { type RecallDetail, recallKeys, recallQuery } from "./queries";
import { RECALL_STATES } from "./states";
import { texts } from "./texts";
import { Units } from "./units";

const BACK = { to: "/trace/recalls", label: texts.title };
const INVALIDATES = [recallKeys];

/** A recall case: what it is about, how far it is, and its affected units. */
export default function RecallCasePage() {
  const { recallId = "" } = useParams();
  const query = useQuery(recallQuery(recallId));
  return (
    <Loaded query={query} title={texts.title} back={BACK} missing={texts.missing}>
      {(recall) => <Page recall={recall} />}
    </Loaded>
  );
}

function Page({ recall }: { recall: RecallDetail }) {
  return (
    <>
      <PageHeader
        title={texts.of(shortId(recall.id))}
        description={
          <span className={page.states}>
            <StatusBadge state={recall.status} states={RECALL_STATES} />
          </span>
        }
        back={BACK}
        actions={<Steps recall={recall} />}
      />
      <div className={page.stack}>
        <Columns width="24rem">
          <Description recall={recall} />
          <Progress recall={recall} />
        </Columns>
        <Units recall={recall} />
      </div>
    </>
  );
}

function Steps({ recall: { id, version, status } }: { recall: RecallDetail }) {
  const step = { id, version };
  return (
    <Can permission={MAY_RECALL.manage}>
      <StepWithReason
        shown={status === "COLLECTING" || status === "OPEN"}
        texts={texts.cancel}
        danger
        draft={`line.recall-cancel:${id}`}
        send={(reason, headers) => cancelRecall(id, reason, headers)}
        invalidates={INVALIDATES}
      />
      <StepWithReason
        shown={status === "OPEN"}
        texts={texts.close}
        variant="filled"
        draft={`line.recall-close:${id}`}
        send={(reason, headers) => closeRecall(step, reason, headers)}
        invalidates={INVALIDATES}
      />
      <StepWithReason
        shown={status === "CLOSED"}
        texts={texts.reopen}
        draft={`line.recall-reopen:${id}`}
        send={(reason, headers) => reopenRecall(step, reason, headers)}
        invalidates={INVALIDATES}
      />
    </Can>
  );
}

function Description({ recall }: { recall: RecallDetail }) {
  const { fields } = texts;
  return (
    <Panel title={texts.case}>
      <KeyValueList
        items={[
          { label: fields.reason, value: recall.reason },
          { label: fields.lots, value: namesOf(recall.lots) },
          { label: fields.unknownLots, value: namesOf(recall.unknownLots) },
          { label: fields.serials, value: namesOf(recall.serials) },
          { label: fields.unknownSerials, value: namesOf(recall.unknownSerials) },
          { label: fields.from, value: timeOf(recall.from) },
          { label: fields.to, value: timeOf(recall.to) },
          { label: fields.opened, value: <DateTime value={recall.createdAt} /> },
          { label: fields.collected, value: timeOf(recall.collectedAt) },
          { label: fields.ended, value: timeOf(recall.endedAt) },
          { label: fields.endReason, value: recall.endReason },
          { label: fields.id, value: <Copyable text={recall.id} /> },
        ]}
      />
    </Panel>
  );
}

function Progress({ recall: { status, progress, units, handled } }: { recall: RecallDetail }) {
  return (
    <Panel title={texts.progress}>
      <KeyValueList
        items={[
          { label: texts.onList, value: <ProgressBar done={progress.done} total={progress.total} /> },
          { label: texts.dealtWith, value: <ProgressBar done={handled} total={units} /> },
        ]}
      />
      {status === "COLLECTING" && (
        <p className={page.note} role="status">
          {texts.collecting}
        </p>
      )}
    </Panel>
  );
}

const SHOWN = 20;

/** The first of many names, so that a case of a thousand serial numbers can be read. */
function namesOf(names: readonly string[]) {
  if (names.length === 0) return undefined;
  const more = names.length > SHOWN ? ` … (${names.length.toLocaleString("en")})` : "";
  return <span className={`code ${page.serial}`}>{`${names.slice(0, SHOWN).join(", ")}${more}`}</span>;
}

function timeOf(moment: string | undefined) {
  return moment === undefined ? undefined : <DateTime value={moment} />;
}
