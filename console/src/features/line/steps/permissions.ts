/** The permissions of the steps by which modules and packs are built, and leave the line or go back. */
export const MAY_STEP = {
  voidBatch: "manufacturing.batch.void",
  bindCell: "manufacturing.module.bind",
  scrapModule: "manufacturing.module.scrap",
  bindModule: "manufacturing.pack.bind",
  reworkPack: "manufacturing.pack.rework",
  voidPack: "manufacturing.pack.void",
  shipPack: "manufacturing.pack.ship",
  returnPack: "manufacturing.pack.return",
} as const;
