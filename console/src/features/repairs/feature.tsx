import { IconListCheck, IconTool } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { CREATE, DASHBOARD, LIST } from "./permissions";
import { texts } from "./texts";

export const feature: Feature = {
  id: "repairs",
  routes: [
    { path: "repairs", title: texts.board.title, permission: LIST, load: () => import("./board-page") },
    { path: "repairs/new", title: texts.create.title, permission: CREATE, load: () => import("./new-order-page") },
    { path: "repairs/mine", title: texts.mine.title, permission: DASHBOARD, load: () => import("./mine-page") },
  ],
  navigation: [
    {
      to: "/repairs",
      label: texts.board.title,
      icon: IconTool,
      section: "work",
      order: 50,
      permission: LIST,
      keywords: "maintenance work orders board technicians",
    },
    {
      to: "/repairs/mine",
      label: texts.mine.title,
      icon: IconListCheck,
      section: "work",
      order: 51,
      permission: DASHBOARD,
      keywords: "maintenance repairs technician own",
    },
  ],
};
