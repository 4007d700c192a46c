import { useQuery } from "@tanstack/react-query";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { StateMessage } from "~/components/state-message";
import { StatusBadge } from "~/components/status-badge";
import styles from "./packing.module.css";
import { boxesQuery, type ListedBox } from "./queries";
import { BOX_STATES } from "./states";
import { texts } from "./texts";

interface BoxGridProps {
  shipmentId: string;
  selected: string | null;
  onOpen: (boxId: string) => void;
}

/** The boxes of a shipment by number. */
export function BoxGrid({ shipmentId, selected, onOpen }: BoxGridProps) {
  const state = rowsOf(useQuery(boxesQuery(shipmentId)), (boxes) => boxes);
  return (
    <section aria-label={texts.shipment.boxes}>
      <h2 className={styles.heading}>{texts.shipment.boxes}</h2>
      <DataGrid
        label={texts.shipment.boxes}
        columns={COLUMNS}
        state={state}
        rowId={(box) => box.id}
        selected={selected}
        onOpen={(box) => onOpen(box.id)}
        empty={<StateMessage kind="empty" title={texts.shipment.noBoxes} text={texts.shipment.noBoxesHint} />}
      />
    </section>
  );
}

/** Return the measured weight, or the estimate while there is none. */
function weightOf({ weight, total_weight_est: estimate }: ListedBox): string {
  return weight === null ? texts.boxes.estimated(estimate) : texts.boxes.kg(weight);
}

const COLUMNS: readonly Column<ListedBox>[] = [
  {
    id: "number",
    header: texts.boxes.number,
    width: "2.5rem",
    cell: ({ box_number }) => <strong className="numbers">{box_number}</strong>,
  },
  {
    id: "status",
    header: texts.boxes.status,
    width: "minmax(5.5rem, 0.6fr)",
    cell: ({ status }) => <StatusBadge state={status} states={BOX_STATES} />,
  },
  {
    id: "sscc",
    header: texts.boxes.sscc,
    width: "minmax(0, 1.4fr)",
    show: "medium",
    cell: ({ sscc }) => (sscc === null ? "–" : <span className="code">{sscc}</span>),
  },
  {
    id: "items",
    header: texts.boxes.items,
    width: "3rem",
    align: "end",
    cell: ({ item_count }) => <span className="numbers">{item_count}</span>,
  },
  {
    id: "weight",
    header: texts.boxes.weight,
    width: "minmax(6.5rem, 0.8fr)",
    align: "end",
    cell: (box) => <span className="numbers">{weightOf(box)}</span>,
  },
];
