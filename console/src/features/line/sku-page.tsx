import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import { useCan } from "~/app/me";
import { Copyable } from "~/components/copyable";
import { DateTime } from "~/components/date-time";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Columns, Panel } from "~/components/panel";
import { StatusBadge } from "~/components/status-badge";
import { useActivateSku } from "./commands";
import { SkuParts } from "./create/sku-parts";
import { SkuSteps } from "./create/sku-steps";
import { MAY } from "./feature";
import { Loaded } from "./loaded";
import { LimitList } from "./measurement-list";
import styles from "./page.module.css";
import { type Sku, skuQuery } from "./queries";
import { SKU_STATES } from "./states";
import { StepButton } from "./step-button";
import { texts } from "./texts";

const BACK = { to: "/line/skus", label: texts.skus.title };

/** One SKU: the parts of a pack, and the limits of its test. */
export default function SkuPage() {
  const { skuId = "" } = useParams();
  const query = useQuery(skuQuery(skuId));
  return (
    <Loaded query={query} title={texts.skus.title} back={BACK} missing={texts.missing.sku}>
      {(sku) => <Page sku={sku} />}
    </Loaded>
  );
}

function Page({ sku }: { sku: Sku }) {
  const limits = sku.limits ?? {};
  return (
    <>
      <PageHeader
        title={sku.name}
        description={
          <span className={styles.states}>
            <StatusBadge state={sku.status} states={SKU_STATES} />
          </span>
        }
        back={BACK}
        actions={<Actions sku={sku} />}
      />
      <Columns width="24rem">
        <Parameters sku={sku} />
        <Panel title={texts.sku.limits}>
          {Object.keys(limits).length === 0 ? (
            <p className={styles.note}>{texts.sku.noLimits}</p>
          ) : (
            <LimitList label={texts.sku.limits} limits={limits} />
          )}
        </Panel>
        <SkuParts sku={sku} />
      </Columns>
    </>
  );
}

function Actions({ sku }: { sku: Sku }) {
  const { id, version, status } = sku;
  const activate = useActivateSku();
  const mayReadBatches = useCan()(MAY.readBatches);
  return (
    <>
      {mayReadBatches && (
        <Button component={Link} to={`/line/batches?skuId=${id}`} variant="default">
          {texts.sku.batches}
        </Button>
      )}
      <SkuSteps sku={sku} />
      {status === "DRAFT" && (
        <StepButton
          permission={MAY.activateSku}
          label={texts.sku.activate}
          title={texts.sku.activateTitle}
          text={texts.sku.activateText}
          step={{ id, version }}
          command={activate}
        />
      )}
    </>
  );
}

function Parameters({ sku }: { sku: Sku }) {
  const { fields } = texts;
  const { nominalVoltage: voltage, nominalCapacity: capacity, cellsPerModule, modulesPerPack } = sku;
  return (
    <Panel title={texts.sku.parameters}>
      <KeyValueList
        items={[
          { label: fields.code, value: sku.skuCode },
          { label: fields.chemistry, value: sku.chemistry },
          { label: fields.cellsPerModule, value: cellsPerModule.toLocaleString("en") },
          { label: fields.modulesPerPack, value: modulesPerPack.toLocaleString("en") },
          { label: fields.cellsPerPack, value: (cellsPerModule * modulesPerPack).toLocaleString("en") },
          { label: fields.voltage, value: voltage === undefined ? undefined : `${voltage} V` },
          { label: fields.capacity, value: capacity === undefined ? undefined : `${capacity} Ah` },
          { label: fields.id, value: <Copyable text={sku.id} /> },
          { label: fields.created, value: <DateTime value={sku.createdAt} /> },
          { label: fields.updated, value: <DateTime value={sku.updatedAt} /> },
        ]}
      />
    </Panel>
  );
}
