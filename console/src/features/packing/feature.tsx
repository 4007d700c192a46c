import { IconPackages } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";
import { READ } from "./permissions";

export const feature: Feature = {
  id: "packing",
  routes: [
    {
      path: "packing/shipments",
      title: names.shipments.title,
      permission: READ,
      load: () => import("./shipments-page"),
    },
    {
      path: "packing/shipments/:number",
      title: names.shipment.facts,
      permission: READ,
      load: () => import("./shipment-page"),
    },
  ],
  navigation: [
    {
      to: "/packing/shipments",
      label: names.shipments.title,
      icon: IconPackages,
      section: "work",
      order: 40,
      permission: READ,
      keywords: "shipments boxes labels sscc warehouse",
    },
  ],
};
