import { names } from "../names";

/** Texts of lots of cells. */
export const texts = {
  ...names.lots,
  description: "Lots of cells that were received, newest first. No cell of a blocked lot is bound.",
  list: "Lots of cells",
  empty: "No lots yet",
  emptyHint: "Cells can be bound with lots that are not recorded. Record a lot to keep its supplier, or to block it.",
  states: { RELEASED: "Released", BLOCKED: "Blocked" },
  columns: {
    lot: "Lot",
    status: "Status",
    supplier: "Supplier",
    quantity: "Cells received",
    received: "Received",
    reason: "Reason",
    steps: "Steps",
  },
  create: {
    action: "Record a lot",
    title: "Record a lot",
    text: "It is released: its cells can be bound. Upper and lower case do not differ.",
    submit: "Record lot",
    done: "The lot was recorded.",
    lot: "Lot",
    lotMissing: "Type the lot.",
    supplier: "Supplier",
    supplierLot: "Lot of the supplier",
    quantity: "Cells received",
    quantityWrong: "Type a whole number above 0.",
    received: "Received on",
  },
  block: {
    action: "Block",
    actionOf: (lot: string): string => `Block lot ${lot}`,
    title: (lot: string): string => `Block lot ${lot}?`,
    text: "No cell of it is bound any more. Cells that are bound stay bound; a hold of the lot stops these too.",
    done: "The lot was blocked.",
  },
  release: {
    action: "Release",
    actionOf: (lot: string): string => `Release lot ${lot}`,
    title: (lot: string): string => `Release lot ${lot}?`,
    text: "Its cells can be bound again.",
    done: "The lot was released.",
  },
  correct: {
    action: "Correct lot",
    actionOf: (serial: string): string => `Correct the lot of cell ${serial}`,
    title: (serial: string): string => `Correct the lot of ${serial}`,
    text: (lot: string | undefined): string =>
      `${lot === undefined ? "The cell has no lot now." : `The cell has lot ${lot} now.`} A recall finds it by the new lot and by every lot that it had.`,
    lot: "Right lot",
    lotMissing: "Type the lot.",
    done: "The lot was corrected.",
  },
} as const;
