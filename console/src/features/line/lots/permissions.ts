/** The permissions of lots of cells. */
export const MAY_LOT = {
  read: "manufacturing.lot.read",
  create: "manufacturing.lot.create",
  change: "manufacturing.lot.status",
  correct: "manufacturing.cell.correct",
} as const;
