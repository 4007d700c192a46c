import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { useMe } from "~/app/me";
import { Copyable, shortId } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { StatusBadge } from "~/components/status-badge";
import { Timeline } from "~/components/timeline";
import { useSealModule } from "./commands";
import { MAY } from "./feature";
import { moduleHistory } from "./history";
import { HoldsNote } from "./holds/holds-note";
import { NewHold } from "./holds/new-hold";
import { BatchLink, LineLink, SkuLink, TraceButton } from "./links";
import { Loaded } from "./loaded";
import styles from "./page.module.css";
import { type ModuleDetail, moduleQuery } from "./queries";
import { MODULE_STATES } from "./states";
import { StepButton } from "./step-button";
import { BindCell } from "./steps/bind-cell";
import { ModuleCells } from "./steps/module-cells";
import { ModuleSteps } from "./steps/module-steps";
import { testedModule } from "./testing/missing";
import { UnitTests } from "./testing/unit-tests";
import { texts } from "./texts";

const BACK = { to: "/line/modules", label: texts.modules.title };

/** One module: its cells and its history. */
export default function ModulePage() {
  const { moduleId = "" } = useParams();
  const query = useQuery(moduleQuery(moduleId));
  return (
    <Loaded query={query} title={texts.modules.title} back={BACK} missing={texts.missing.module}>
      {(module) => <Page module={module} />}
    </Loaded>
  );
}

function Page({ module }: { module: ModuleDetail }) {
  const { user } = useMe();
  return (
    <>
      <PageHeader
        title={<span className={styles.serial}>{texts.module.label(module.serial)}</span>}
        description={
          <span className={styles.states}>
            <StatusBadge state={module.status} states={MODULE_STATES} />
          </span>
        }
        back={BACK}
        actions={<Actions module={module} />}
      />
      <Columns width="26rem">
        <div className={styles.stack}>
          <HoldsNote holds={module.holds} />
          <BindCell module={module} />
          {module.sku.moduleTests !== undefined && (
            <UnitTests
              key={`tests ${module.id}`}
              unit={testedModule(module)}
              deciding={module.status === "IN_PROGRESS"}
              open={module.status !== "SCRAPPED"}
            />
          )}
          <ModuleCells module={module} />
        </div>
        <div className={styles.stack}>
          <Details module={module} />
          <Panel title={texts.history}>
            <Timeline label={texts.history} entries={moduleHistory(module, user.id)} />
          </Panel>
        </div>
      </Columns>
    </>
  );
}

function Actions({ module }: { module: ModuleDetail }) {
  const seal = useSealModule();
  const { id, version, status, cellsBound, cellsRequired } = module;
  return (
    <>
      <TraceButton serial={module.serial} />
      <NewHold held={{ kind: "SERIAL", value: module.serial }} />
      <ModuleSteps module={module} />
      {(status === "DRAFT" || status === "IN_PROGRESS") && (
        <StepButton
          permission={MAY.sealModule}
          label={texts.module.seal}
          title={texts.module.sealTitle}
          text={texts.module.sealText}
          step={{ id, version }}
          command={seal}
          obstacle={cellsBound < cellsRequired ? texts.module.notFull(cellsBound, cellsRequired) : undefined}
        />
      )}
    </>
  );
}

function Details({ module }: { module: ModuleDetail }) {
  const { fields } = texts;
  const { packId } = module;
  return (
    <Panel title={texts.details}>
      <KeyValueList
        items={[
          { label: fields.serial, value: <Copyable text={module.serial} /> },
          { label: fields.sku, value: <SkuLink sku={module.sku} /> },
          { label: fields.batch, value: <BatchLink batchId={module.batchId} /> },
          {
            label: fields.pack,
            value:
              packId === undefined ? (
                texts.module.noPack
              ) : (
                <LineLink to={`/line/packs/${packId}`}>{shortId(packId)}</LineLink>
              ),
          },
          { label: fields.cells, value: texts.ofRequired(module.cellsBound, module.cellsRequired) },
          { label: fields.id, value: <Copyable text={module.id} /> },
          { label: fields.updated, value: <DateTime value={module.updatedAt} /> },
        ]}
      />
    </Panel>
  );
}
