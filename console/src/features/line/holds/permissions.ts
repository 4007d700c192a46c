/** The permissions of holds. */
export const MAY_HOLD = {
  read: "manufacturing.hold.read",
  create: "manufacturing.hold.create",
  release: "manufacturing.hold.release",
} as const;
