import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Copyable } from "~/components/copyable";
import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { ErrorNote } from "~/components/error-note";
import { KeyValueList } from "~/components/key-value-list";
import { PlainTable } from "~/components/plain-table";
import { StatusBadge } from "~/components/status-badge";
import { LabelSection } from "./label/label-section";
import styles from "./packing.module.css";
import { type BoxDetails, boxQuery, type Shipment } from "./queries";
import { ReopenBox } from "./reopen-box";
import { BOX_STATES } from "./states";
import { texts } from "./texts";
import { VoidBox } from "./void-box";

interface BoxDrawerProps {
  boxId: string | null;
  shipment: Shipment;
  /** Whether the shipment can still be packed. */
  open: boolean;
  onClose: () => void;
}

/** Everything about one box: its label, its contents, its measures. */
export function BoxDrawer({ boxId, shipment, open, onClose }: BoxDrawerProps) {
  const { data, error, refetch } = useQuery({ ...boxQuery(boxId ?? ""), enabled: boxId !== null });
  return (
    <DetailDrawer
      opened={boxId !== null}
      onClose={onClose}
      title={data === undefined ? texts.box.unnamed : texts.box.title(data.box.box_number)}
      badge={data && <StatusBadge state={data.box.status} states={BOX_STATES} />}
    >
      <ErrorNote error={error} onRetry={() => void refetch()} />
      {data !== undefined && (
        <>
          {open && data.box.status === "closed" && <ReopenBox boxId={data.box.id} />}
          {open && data.box.status === "open" && data.contents.length === 0 && (
            <VoidBox boxId={data.box.id} onDone={onClose} />
          )}
          <DrawerSection title={texts.box.label}>
            <LabelSection details={data} shipmentNumber={shipment.number} />
          </DrawerSection>
          <DrawerSection title={texts.box.contents}>
            <Contents details={data} />
          </DrawerSection>
          <DrawerSection title={texts.box.facts}>
            <Facts details={data} />
          </DrawerSection>
        </>
      )}
      {data === undefined && error === null && <Skeleton height={220} radius="md" />}
    </DetailDrawer>
  );
}

function Contents({ details: { contents } }: { details: BoxDetails }) {
  if (contents.length === 0) return <p className={styles.hint}>{texts.box.empty}</p>;
  const { product, lot, quantity } = texts.box;
  return (
    <PlainTable label={texts.box.contents} headers={[product, quantity]}>
      {contents.map((content) => (
        <tr key={content.id}>
          <td>
            {content.product_name}
            <span className={styles.meta}>
              {content.lp_number}
              {content.lot_number !== null && ` · ${lot(content.lot_number)}`}
            </span>
          </td>
          <td>{content.quantity.toLocaleString("en")}</td>
        </tr>
      ))}
    </PlainTable>
  );
}

function Facts({ details: { box, summary } }: { details: BoxDetails }) {
  const { length, width, height } = box.dimensions;
  const sized = length !== null && width !== null && height !== null;
  return (
    <KeyValueList
      items={[
        { label: texts.box.sscc, value: box.sscc && <Copyable text={box.sscc} /> },
        { label: texts.box.measured, value: box.weight === null ? null : texts.boxes.kg(box.weight) },
        { label: texts.box.estimated, value: texts.boxes.kg(summary.total_weight_est) },
        { label: texts.box.dimensions, value: sized ? texts.boxes.cm(length, width, height) : null },
        { label: texts.box.id, value: <Copyable text={box.id} /> },
      ]}
    />
  );
}
