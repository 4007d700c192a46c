import { IconPackages } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { READ } from "./permissions";
import { texts } from "./texts";

export const feature: Feature = {
  id: "packing",
  routes: [
    {
      path: "packing/shipments",
      title: texts.shipments.title,
      permission: READ,
      load: () => import("./shipments-page"),
    },
    {
      path: "packing/shipments/:number",
      title: texts.shipment.facts,
      permission: READ,
      load: () => import("./shipment-page"),
    },
  ],
  navigation: [
    {
      to: "/packing/shipments",
      label: texts.shipments.title,
      icon: IconPackages,
      section: "work",
      order: 40,
      permission: READ,
      keywords: "shipments boxes labels sscc warehouse",
    },
  ],
};
