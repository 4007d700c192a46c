import { IconListCheck, IconTool } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";
import { CREATE, DASHBOARD, LIST } from "./permissions";

export const feature: Feature = {
  id: "repairs",
  routes: [
    { path: "repairs", title: names.board.title, permission: LIST, load: () => import("./board-page") },
    { path: "repairs/new", title: names.create.title, permission: CREATE, load: () => import("./new-order-page") },
    { path: "repairs/mine", title: names.mine.title, permission: DASHBOARD, load: () => import("./mine-page") },
  ],
  navigation: [
    {
      to: "/repairs",
      label: names.board.title,
      icon: IconTool,
      section: "work",
      order: 50,
      permission: LIST,
      keywords: "maintenance work orders board technicians",
    },
    {
      to: "/repairs/mine",
      label: names.mine.title,
      icon: IconListCheck,
      section: "work",
      order: 51,
      permission: DASHBOARD,
      keywords: "maintenance repairs technician own",
    },
  ],
};
