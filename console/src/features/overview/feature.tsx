import { IconLayoutDashboard } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";

/** Each of them gives the overview a section. */
const ANY = [
  "dispatch.order.manage",
  "picking.assignment.read",
  "packing.shipment.read",
  "maintenance.workorder.list",
  "manufacturing.pack.read",
] as const;

export const feature: Feature = {
  id: "overview",
  routes: [{ path: "overview", title: names.title, permission: ANY, load: () => import("./page") }],
  navigation: [
    {
      to: "/overview",
      label: names.title,
      icon: IconLayoutDashboard,
      section: "today",
      order: 10,
      permission: ANY,
      keywords: "home start today counts dashboard",
    },
  ],
};
