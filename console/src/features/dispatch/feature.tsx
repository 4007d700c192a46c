import { IconMapPin, IconPackageExport } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";

/** Who lists orders and couriers. */
export const MANAGE = "dispatch.order.manage";

export const feature: Feature = {
  id: "dispatch",
  routes: [
    { path: "dispatch/orders", title: names.orders, permission: MANAGE, load: () => import("./orders-page") },
    { path: "dispatch/map", title: names.map, permission: MANAGE, load: () => import("./map-page") },
  ],
  navigation: [
    {
      to: "/dispatch/orders",
      label: names.orders,
      icon: IconPackageExport,
      section: "work",
      order: 20,
      permission: MANAGE,
      keywords: "dispatch delivery deliveries couriers",
    },
    {
      to: "/dispatch/map",
      label: names.map,
      icon: IconMapPin,
      section: "work",
      order: 21,
      permission: MANAGE,
      keywords: "couriers positions near live",
    },
  ],
};
