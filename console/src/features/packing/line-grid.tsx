import { useQuery } from "@tanstack/react-query";
import { type Column, DataGrid } from "~/components/data-grid";
import { rowsOf } from "~/components/data-grid-state";
import { ProgressBar } from "~/components/progress-bar";
import styles from "./packing.module.css";
import { detailsQuery, type ShipmentLine } from "./queries";
import { texts } from "./texts";

/** The lines of a shipment, and what of each is packed. */
export function LineGrid({ shipmentId }: { shipmentId: string }) {
  const state = rowsOf(useQuery(detailsQuery(shipmentId)), ({ lines }) => lines);
  return (
    <section aria-label={texts.lines.title}>
      <h2 className={styles.heading}>{texts.lines.title}</h2>
      <DataGrid label={texts.lines.title} columns={COLUMNS} state={state} rowId={(line) => line.id} />
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
];
