/** The permissions of recall cases. */
export const MAY_RECALL = {
  read: "manufacturing.recall.read",
  manage: "manufacturing.recall.manage",
} as const;
