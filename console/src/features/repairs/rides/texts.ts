import { names } from "../names";

export const texts = {
  rides: {
    ...names.rides,
    description: "The rides, with everything that was ever repaired on each.",
    empty: "No rides",
    emptyHint: "Rides appear here when they are imported.",
    columns: { code: "Code", name: "Name", zone: "Zone" },
    zone: "Zone",
  },
  ride: {
    title: (name: string, code: string): string => (name === code ? code : `${name} (${code})`),
    orders: "Work orders",
    ordersHint: "All work orders, newest first, also those that are done or cancelled.",
    noOrders: "Nothing was repaired here yet",
    columns: {
      code: "Code",
      item: "What has to be repaired",
      state: "State",
      priority: "Priority",
      technician: "Technician",
      due: "Due",
    },
    closed: "Closed",
  },
  checklists: {
    ...names.checklists,
    description: "What is inspected. An open work order holds its checklist.",
    ofRide: "Checklists of this ride",
    empty: "No checklists",
    emptyHint: "Checklists appear here when they are imported.",
    columns: { ref: "Ref", name: "Name", ride: "Ride", status: "Status", items: "Items", open: "Open work orders" },
    items: "Items",
    open: "Open work orders",
    noOpen: "None",
    moreOpen: (count: number): string => `Only the oldest ${count} are shown.`,
    newOrder: "New work order",
    ride: "Ride",
    zone: "Zone",
    counts: (items: number, open: number): string =>
      `${items === 1 ? "1 item" : `${items} items`} · ${open === 0 ? "none open" : `${open} open`}`,
  },
} as const;
