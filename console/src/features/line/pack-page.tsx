import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { useCan, useMe } from "~/app/me";
import { Copyable } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { StatusBadge } from "~/components/status-badge";
import { Timeline } from "~/components/timeline";
import { useSealPack } from "./commands";
import { DispositionForm } from "./disposition-form";
import { MAY } from "./feature";
import { packHistory } from "./history";
import { HoldsNote } from "./holds/holds-note";
import { NewHold } from "./holds/new-hold";
import { BatchLink, LineLink, SkuLink, TraceButton } from "./links";
import { Loaded } from "./loaded";
import styles from "./page.module.css";
import { MAY_PASSPORT } from "./passport/permissions";
import { type PackDetail, packQuery } from "./queries";
import { DISPOSITIONS, PACK_STATES } from "./states";
import { StepButton } from "./step-button";
import { PackModules } from "./steps/pack-modules";
import { PackSteps } from "./steps/pack-steps";
import { shipmentItems } from "./steps/shipment-items";
import { testedPack } from "./testing/missing";
import { UnitTests } from "./testing/unit-tests";
import { texts } from "./texts";

const BACK = { to: "/line/packs", label: texts.packs.title };

/** One pack: its modules, its test and its history. */
export default function PackPage() {
  const { packId = "" } = useParams();
  const query = useQuery(packQuery(packId));
  return (
    <Loaded query={query} title={texts.packs.title} back={BACK} missing={texts.missing.pack}>
      {(pack) => <Page pack={pack} />}
    </Loaded>
  );
}

function Page({ pack }: { pack: PackDetail }) {
  const { user } = useMe();
  const mayDispose = useCan()(MAY.dispose);
  const isTesting = pack.status === "READY_FOR_EOL";
  return (
    <>
      <PageHeader
        title={<span className={styles.serial}>{texts.pack.label(pack.serial)}</span>}
        description={<States pack={pack} />}
        back={BACK}
        actions={<Actions pack={pack} />}
      />
      <div className={styles.stack}>
        <HoldsNote holds={pack.holds} />
        {isTesting && <Tests pack={pack} />}
        {isTesting && mayDispose && <DispositionForm key={pack.id} pack={pack} />}
        <Columns width="26rem">
          <Panel title={texts.history}>
            <Timeline label={texts.history} entries={packHistory(pack, user.id)} />
          </Panel>
          <div className={styles.stack}>
            <Details pack={pack} />
            <PackModules pack={pack} />
            {!isTesting && <Tests pack={pack} />}
          </div>
        </Columns>
      </div>
    </>
  );
}

function Tests({ pack }: { pack: PackDetail }) {
  const { status } = pack;
  return (
    <UnitTests
      key={pack.id}
      unit={testedPack(pack)}
      deciding={status === "READY_FOR_EOL"}
      open={status !== "VOID" && status !== "SHIPPED"}
    />
  );
}

function States({ pack: { status, disposition } }: { pack: PackDetail }) {
  return (
    <span className={styles.states}>
      <StatusBadge state={status} states={PACK_STATES} />
      {disposition !== undefined && <StatusBadge state={disposition} states={DISPOSITIONS} />}
    </span>
  );
}

function Actions({ pack }: { pack: PackDetail }) {
  const seal = useSealPack();
  const { id, version, status, modulesBound, modulesRequired } = pack;
  const isOpen = ["DRAFT", "IN_PROGRESS", "REWORK"].includes(status);
  return (
    <>
      <TraceButton serial={pack.serial} />
      <NewHold held={{ kind: "SERIAL", value: pack.serial }} />
      <PackSteps pack={pack} />
      {isOpen && (
        <StepButton
          permission={MAY.sealPack}
          label={texts.pack.seal}
          title={texts.pack.sealTitle}
          text={texts.pack.sealText}
          step={{ id, version }}
          command={seal}
          obstacle={modulesBound < modulesRequired ? texts.pack.notFull(modulesBound, modulesRequired) : undefined}
        />
      )}
    </>
  );
}

function Details({ pack }: { pack: PackDetail }) {
  const { fields } = texts;
  const mayPassport = useCan()(MAY_PASSPORT.read);
  return (
    <Panel title={texts.details}>
      <KeyValueList
        items={[
          { label: fields.serial, value: <Copyable text={pack.serial} /> },
          { label: fields.sku, value: <SkuLink sku={pack.sku} /> },
          { label: fields.batch, value: <BatchLink batchId={pack.batchId} /> },
          {
            label: fields.passport,
            value: mayPassport ? <LineLink to={`/line/packs/${pack.id}/passport`}>{texts.toPassport}</LineLink> : null,
          },
          { label: fields.modules, value: texts.ofRequired(pack.modulesBound, pack.modulesRequired) },
          ...shipmentItems(pack),
          { label: fields.id, value: <Copyable text={pack.id} /> },
          { label: fields.updated, value: <DateTime value={pack.updatedAt} /> },
        ]}
      />
    </Panel>
  );
}
