/** The permissions of battery passports: the public part with its QR code, and everything with what is missing. */
export const MAY_PASSPORT = {
  read: "manufacturing.passport.read",
  readAll: "manufacturing.passport.restricted",
} as const;
