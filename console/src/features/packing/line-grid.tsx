import { useQuery } from "@tanstack/react-query";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { ProgressBar } from "~/components/progress-bar";
import styles from "./packing.module.css";
import { detailsQuery, type ShipmentLine } from "./queries";
import { texts } from "./texts";

interface LineGridProps {
  shipmentId: string;
  selected: string | null;
  onOpen: (lineId: string) => void;
}

/** The lines of a shipment, what of each is packed, and what is left. */
export function LineGrid({ shipmentId, selected, onOpen }: LineGridProps) {
  const state = rowsOf(useQuery(detailsQuery(shipmentId)), ({ lines }) => lines);
  return (
    <section aria-label={texts.lines.title}>
      <h2 className={styles.heading}>{texts.lines.title}</h2>
      <DataGrid
        label={texts.lines.title}
        columns={COLUMNS}
        narrow={narrowLine}
        state={state}
        rowId={(line) => line.id}
        selected={selected}
        onOpen={(line) => onOpen(line.id)}
      />
    </section>
  );
}

const COLUMNS: readonly Column<ShipmentLine>[] = [
  {
    id: "number",
    header: texts.lines.number,
    width: "3rem",
    show: "medium",
    cell: ({ line_number: number }) => <span className="numbers">{number}</span>,
  },
  {
    id: "product",
    header: texts.lines.product,
    width: "minmax(0, 2fr)",
    cell: ({ product_name: name }) => <span title={name}>{name}</span>,
  },
  {
    id: "sku",
    header: texts.lines.sku,
    width: "minmax(0, 0.9fr)",
    show: "medium",
    cell: ({ sku }) => (
      <span className="code" title={sku}>
        {sku}
      </span>
    ),
  },
  {
    id: "packed",
    header: texts.lines.packed,
    width: "minmax(8rem, 1.2fr)",
    cell: ({ packed_qty: packed, quantity, uom }) => <ProgressBar done={packed} total={quantity} unit={uom} />,
  },
  {
    id: "left",
    header: texts.lines.left,
    width: "minmax(6rem, 0.7fr)",
    align: "end",
    cell: (line) => <span className="numbers">{leftOf(line)}</span>,
  },
];

/** Return what is still to be packed, in words. */
function leftOf({ remaining_qty: left, uom }: ShipmentLine): string {
  return left === 0 ? texts.lines.nothingLeft : texts.lines.quantity(left, uom);
}

function narrowLine(line: ShipmentLine) {
  const { product_name: name, packed_qty: packed, quantity, uom } = line;
  return (
    <div className={styles.narrow}>
      <span className={styles.product}>{name}</span>
      <div className={styles.below}>
        <ProgressBar done={packed} total={quantity} unit={uom} />
        <span className="numbers">
          {texts.lines.left}: {leftOf(line)}
        </span>
      </div>
    </div>
  );
}
