import { useState } from "react";
import { KeyValueList } from "~/components/key-value-list";
import { Panel } from "~/components/panel";
import { Badge } from "~/components/status-badge";
import { LookupForm } from "./lookup-form";
import styles from "./packing.module.css";
import type { Found, FoundPlate, Shipment } from "./queries";
import { texts } from "./texts";

/** Shows what is on a license plate, and whether it is for this shipment. */
export function PlateLookup({ shipment }: { shipment: Shipment }) {
  const [found, setFound] = useState<Found | null>(null);
  return (
    <Panel>
      <LookupForm label={texts.lookup.plate} shipmentId={shipment.id} onFound={setFound} />
      {found !== null && (
        <div className={styles.plate} aria-live="polite">
          {found.kind === "plate" ? (
            <PlateFacts found={found.found} />
          ) : (
            <p className={styles.hint}>{texts.lookup.otherShipment(found.shipment.number)}</p>
          )}
        </div>
      )}
    </Panel>
  );
}

function PlateFacts({ found: { plate, allocated, available } }: { found: FoundPlate }) {
  return (
    <KeyValueList
      items={[
        { label: texts.plate.number, value: plate.lp_number },
        { label: texts.plate.product, value: plate.product_name },
        { label: texts.plate.lot, value: plate.lot_number },
        { label: texts.plate.available, value: <span className="numbers">{available.toLocaleString("en")}</span> },
        {
          label: texts.plate.quantity,
          value: <span className="numbers">{plate.quantity.toLocaleString("en")}</span>,
        },
        {
          label: texts.plate.allocated,
          value: <Badge tone={allocated ? "good" : "bad"}>{allocated ? texts.plate.yes : texts.plate.no}</Badge>,
        },
      ]}
    />
  );
}
