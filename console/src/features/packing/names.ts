/** What the navigation shows of this feature: a first visit loads it, and the other texts only with their pages. */
export const names = { shipments: { title: "Packing" }, shipment: { facts: "Shipment" } } as const;
