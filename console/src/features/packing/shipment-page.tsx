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
import { StateMessage } from "~/components/state-message";
import { Badge, StatusBadge } from "~/components/status-badge";
import { common } from "~/texts/common";
import { BoxDrawer } from "./box-drawer";
import { BoxGrid } from "./box-grid";
import { LineDrawer } from "./line-drawer";
import { LineGrid } from "./line-grid";
import styles from "./packing.module.css";
import { PlateLookup } from "./plate-lookup";
import { Promised } from "./promised";
import { detailsQuery, type Shipment, type ShipmentDetails, shipmentQuery } from "./queries";
import { ShipmentActions } from "./shipment-actions";
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
  const { data: details, error, refetch } = useQuery(detailsQuery(shipment.id));
  const [box, setBox] = useAddressValue("box");
  const [line, setLine] = useAddressValue("line");
  const open = details?.status === "pending" || details?.status === "packing";
  return (
    <>
      <PageHeader
        title={texts.shipment.title(shipment.number)}
        description={details && <StatusBadge state={details.status} states={SHIPMENT_STATES} />}
        back={BACK}
        actions={details && <ShipmentActions details={details} />}
      />
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {details?.status === "cancelling" && <p className={styles.warning}>{texts.cancel.unfinished}</p>}
      <div className={styles.columns}>
        <Panel title={texts.shipment.facts}>
          {details === undefined ? <Skeleton height={160} radius="md" /> : <Facts details={details} />}
        </Panel>
        <div className={styles.stack}>
          <LineGrid shipmentId={shipment.id} selected={line} onOpen={setLine} />
          <BoxGrid shipmentId={shipment.id} selected={box} onOpen={setBox} />
          <PlateLookup shipment={shipment} />
        </div>
      </div>
      <BoxDrawer boxId={box} shipment={shipment} open={open} onClose={() => setBox(null)} />
      <LineDrawer lineId={line} details={details} onClose={() => setLine(null)} />
    </>
  );
}

function Facts({ details }: { details: ShipmentDetails }) {
  const { shipment: names } = texts;
  return (
    <KeyValueList
      items={[
        { label: names.customer, value: details.customer_name },
        { label: names.order, value: details.so_number },
        { label: names.promised, value: <Due details={details} /> },
        { label: names.restrictions, value: <Restrictions allergens={details.allergen_restrictions} /> },
        { label: names.id, value: <Copyable text={details.id} /> },
      ]}
    />
  );
}

/** Only what is not packed yet can be late. */
function Due({ details: { promised_ship_date: date, status } }: { details: ShipmentDetails }) {
  return <Promised date={date} done={status !== "pending" && status !== "packing"} />;
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
