/** The permissions of administration, as the API names them. */
export const codes = {
  readPeople: "identity.user.read",
  managePeople: "identity.user.manage",
  readRoles: "identity.role.read",
  manageRoles: "identity.role.manage",
  keys: "identity.api_key.manage",
  readSettings: "identity.organisation.read",
  manageSettings: "identity.organisation.manage",
  audit: "audit.read",
  imports: [
    "identity.user.import",
    "maintenance.ride.import",
    "maintenance.checklist.import",
    "packing.shipment.import",
    "packing.plate.import",
    "picking.assignment.import",
  ],
} as const;
