import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useParams } from "react-router";
import { ApiError } from "~/api/errors";
import { Copyable } from "~/components/copyable";
import { ErrorNote } from "~/components/error-note";
import { useAddressValue } from "~/components/filters";
import { KeyValueList } from "~/components/key-value-list";
import { PageHeader } from "~/components/page-header";
import { Panel } from "~/components/panel";
import { ProgressBar } from "~/components/progress-bar";
import { StateMessage } from "~/components/state-message";
import { Badge, StatusBadge } from "~/components/status-badge";
import { common } from "~/texts/common";
import { BoxDrawer } from "./box-drawer";
import { BoxGrid } from "./box-grid";
import { CompleteShipment } from "./complete-shipment";
import styles from "./packing.module.css";
import { PlateLookup } from "./plate-lookup";
import { Promised } from "./promised";
import { type OpenShipment, progressQuery, type Shipment, shipmentQuery } from "./queries";
import { SHIPMENT_STATES } from "./states";
import { texts } from "./texts";

/** One shipment with its boxes, and a box beside it. */
export default function ShipmentPage() {
  const { number = "" } = useParams();
  const { data: shipment, error, refetch } = useQuery(shipmentQuery(number));
  const title = texts.shipment.title(number);
  useEffect(() => {
    document.title = `${title} · ${common.product}`;
  }, [title]);
  if (shipment != null) return <Loaded shipment={shipment} />;
  return (
    <>
      <PageHeader title={title} back={BACK} />
      {shipment === null || isMissing(error) ? (
        <StateMessage kind="missing" title={texts.shipment.missing} text={texts.shipment.missingHint(number)} />
      ) : (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      )}
      {shipment === undefined && error === null && <Skeleton height={220} radius="md" />}
    </>
  );
}

const BACK = { to: "/packing/shipments", label: texts.shipment.back };

function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

function Loaded({ shipment }: { shipment: Shipment }) {
  const { data: progress } = useQuery(progressQuery(shipment.number));
  const [box, setBox] = useAddressValue("box");
  return (
    <>
      <PageHeader
        title={texts.shipment.title(shipment.number)}
        description={<State progress={progress} />}
        back={BACK}
        actions={progress != null && <CompleteShipment shipmentId={shipment.id} />}
      />
      <div className={styles.columns}>
        <Panel title={texts.shipment.facts}>
          <Facts shipment={shipment} progress={progress ?? null} />
        </Panel>
        <div className={styles.stack}>
          <BoxGrid shipmentId={shipment.id} selected={box} onOpen={setBox} />
          <PlateLookup shipment={shipment} />
        </div>
      </div>
      <BoxDrawer boxId={box} shipment={shipment} open={progress != null} onClose={() => setBox(null)} />
    </>
  );
}

function State({ progress }: { progress: OpenShipment | null | undefined }) {
  if (progress === undefined) return null;
  if (progress === null) return <Badge tone="neutral">{texts.notOpen}</Badge>;
  return <StatusBadge state={progress.status} states={SHIPMENT_STATES} />;
}

function Facts({ shipment, progress }: { shipment: Shipment; progress: OpenShipment | null }) {
  const { shipment: names } = texts;
  return (
    <KeyValueList
      items={[
        { label: names.customer, value: shipment.customer },
        { label: names.order, value: shipment.order },
        { label: names.promised, value: progress && <Promised date={progress.promised_ship_date} /> },
        {
          label: names.lines,
          value: progress && (
            <span title={names.linesHint}>
              <ProgressBar done={progress.lines_packed} total={progress.lines_total} tone="active" />
            </span>
          ),
        },
        { label: names.linesTotal, value: progress === null ? shipment.linesTotal : null },
        { label: names.restrictions, value: <Restrictions allergens={shipment.allergens} /> },
        { label: names.id, value: <Copyable text={shipment.id} /> },
      ]}
    />
  );
}

function Restrictions({ allergens }: { allergens: readonly string[] }) {
  if (allergens.length === 0) return <span className={styles.hint}>{texts.shipment.noRestrictions}</span>;
  return (
    <span className={styles.badges}>
      {allergens.map((allergen) => (
        <Badge key={allergen} tone="warning">
          {allergen}
        </Badge>
      ))}
    </span>
  );
}
