/** The permissions of those who create what the line produces, and what is produced. */
export const MAY_CREATE = {
  sku: "manufacturing.sku.create",
  editSku: "manufacturing.sku.edit",
  retireSku: "manufacturing.sku.retire",
  batch: "manufacturing.batch.create",
  module: "manufacturing.module.create",
  pack: "manufacturing.pack.create",
} as const;
