import { IconMapPin, IconPackageExport } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { texts } from "./texts";

/** Who lists orders and couriers. */
export const MANAGE = "dispatch.order.manage";

export const feature: Feature = {
  id: "dispatch",
  routes: [
    { path: "dispatch/map", title: texts.map.title, permission: MANAGE, load: () => import("./map-page") },
    {
      path: "dispatch/orders",
      title: texts.orders.title,
      permission: MANAGE,
      load: () => import("./orders-page"),
    },
  ],
  navigation: [
    {
      to: "/dispatch/orders",
      label: texts.orders.title,
      icon: IconPackageExport,
      section: "work",
      order: 20,
      permission: MANAGE,
      keywords: "dispatch delivery deliveries couriers",
    },
    {
      to: "/dispatch/map",
      label: texts.map.title,
      icon: IconMapPin,
      section: "work",
      order: 21,
      permission: MANAGE,
      keywords: "couriers positions near live",
    },
  ],
};
