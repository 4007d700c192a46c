import { DetailDrawer, DrawerSection } from "~/components/detail-drawer";
import { KeyValueList } from "~/components/key-value-list";
import { PlainTable } from "~/components/plain-table";
import { ProgressBar } from "~/components/progress-bar";
import styles from "./packing.module.css";
import type { ShipmentDetails, ShipmentLine } from "./queries";
import { texts } from "./texts";

interface LineDrawerProps {
  lineId: string | null;
  details: ShipmentDetails | undefined;
  onClose: () => void;
}

/** One line of a shipment: what is left of it, and on which license plates. */
export function LineDrawer({ lineId, details, onClose }: LineDrawerProps) {
  const line = details?.lines.find(({ id }) => id === lineId);
  return (
    <DetailDrawer
      opened={line !== undefined}
      onClose={onClose}
      title={line === undefined ? texts.lines.unnamed : texts.lines.line(line.line_number)}
    >
      {line !== undefined && <Detail line={line} />}
    </DetailDrawer>
  );
}

function Detail({ line }: { line: ShipmentLine }) {
  const { lines } = texts;
  const { packed_qty: packed, quantity, remaining_qty: left, uom } = line;
  return (
    <>
      <DrawerSection title={lines.packed}>
        <ProgressBar done={packed} total={quantity} unit={uom} />
      </DrawerSection>
      <DrawerSection title={lines.facts}>
        <KeyValueList
          items={[
            { label: lines.product, value: line.product_name },
            { label: lines.sku, value: <span className="code">{line.sku}</span> },
            { label: lines.ordered, value: lines.quantity(quantity, uom) },
            { label: lines.left, value: left === 0 ? lines.nothingLeft : lines.quantity(left, uom) },
          ]}
        />
      </DrawerSection>
      <DrawerSection title={lines.plates}>
        <Plates line={line} />
      </DrawerSection>
    </>
  );
}

function Plates({ line: { plates, uom } }: { line: ShipmentLine }) {
  const { lines } = texts;
  if (plates.length === 0) return <p className={styles.hint}>{lines.noPlates}</p>;
  return (
    <PlainTable label={lines.plates} headers={[lines.plate, lines.onPlate]}>
      {plates.map(({ id, lp_number: number, lot_number: lot, expiry, available_qty: available }) => (
        <tr key={id}>
          <td>
            {number}
            <span className={styles.meta}>
              {[lot && lines.lot(lot), expiry && lines.expiry(expiry)].filter(Boolean).join(" · ")}
            </span>
          </td>
          <td>{lines.quantity(available, uom)}</td>
        </tr>
      ))}
    </PlainTable>
  );
}
