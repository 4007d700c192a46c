import { IconCalendarRepeat, IconListCheck, IconTool } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";
import { CREATE, DASHBOARD, LIST, READ_SCHEDULES } from "./permissions";

export const feature: Feature = {
  id: "repairs",
  routes: [
    { path: "repairs", title: names.board.title, permission: LIST, load: () => import("./board-page") },
    { path: "repairs/new", title: names.create.title, permission: CREATE, load: () => import("./new-order-page") },
    {
      path: "repairs/schedules",
      title: names.schedules.title,
      permission: READ_SCHEDULES,
      load: () => import("./schedules/schedules-page"),
    },
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
      to: "/repairs/schedules",
      label: names.schedules.title,
      icon: IconCalendarRepeat,
      section: "work",
      order: 51,
      permission: READ_SCHEDULES,
      keywords: "maintenance recurring calendar plan",
    },
    {
      to: "/repairs/mine",
      label: names.mine.title,
      icon: IconListCheck,
      section: "work",
      order: 52,
      permission: DASHBOARD,
      keywords: "maintenance repairs technician own",
    },
  ],
};
