import {
  IconCalendarRepeat,
  IconChartBar,
  IconChecklist,
  IconListCheck,
  IconRollercoaster,
  IconTool,
} from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";
import { CREATE, DASHBOARD, LIST, READ_CHECKLISTS, READ_REPORTS, READ_RIDES, READ_SCHEDULES } from "./permissions";

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
    {
      path: "repairs/rides",
      title: names.rides.title,
      permission: READ_RIDES,
      load: () => import("./rides/rides-page"),
    },
    {
      path: "repairs/rides/:rideCode",
      title: names.rides.title,
      permission: LIST,
      load: () => import("./rides/ride-page"),
    },
    {
      path: "repairs/checklists",
      title: names.checklists.title,
      permission: READ_CHECKLISTS,
      load: () => import("./rides/checklists-page"),
    },
    {
      path: "repairs/reports",
      title: names.reports.title,
      permission: READ_REPORTS,
      load: () => import("./reports/reports-page"),
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
      to: "/repairs/rides",
      label: names.rides.title,
      icon: IconRollercoaster,
      section: "work",
      order: 52,
      permission: READ_RIDES,
      keywords: "maintenance attractions repairs history",
    },
    {
      to: "/repairs/checklists",
      label: names.checklists.title,
      icon: IconChecklist,
      section: "work",
      order: 53,
      permission: READ_CHECKLISTS,
      keywords: "maintenance inspections items held released",
    },
    {
      to: "/repairs/reports",
      label: names.reports.title,
      icon: IconChartBar,
      section: "work",
      order: 54,
      permission: READ_REPORTS,
      keywords: "maintenance report csv time to repair overdue failures labour parts rides technicians zones",
    },
    {
      to: "/repairs/mine",
      label: names.mine.title,
      icon: IconListCheck,
      section: "work",
      order: 55,
      permission: DASHBOARD,
      keywords: "maintenance repairs technician own",
    },
  ],
};
