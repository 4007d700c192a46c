import {
  IconChartBar,
  IconClipboardList,
  IconClipboardX,
  IconLayoutBoard,
  IconSquareRoundedMinus,
  IconStack2,
} from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";
import { READ, READ_PERFORMANCE, REVIEW } from "./permissions";

export const feature: Feature = {
  id: "picking",
  routes: [
    { path: "picking/board", title: names.board.title, permission: READ, load: () => import("./board-page") },
    {
      path: "picking/assignments",
      title: names.assignments.title,
      permission: READ,
      load: () => import("./assignments-page"),
    },
    { path: "picking/queue", title: names.queue.title, permission: READ, load: () => import("./queue-page") },
    {
      path: "picking/rejected",
      title: names.rejected.title,
      permission: REVIEW,
      load: () => import("./rejected-page"),
    },
    { path: "picking/shorts", title: names.shorts.title, permission: READ, load: () => import("./shorts-page") },
    {
      path: "picking/performance",
      title: names.performance.title,
      permission: READ_PERFORMANCE,
      load: () => import("./performance-page"),
    },
  ],
  navigation: [
    {
      to: "/picking/board",
      label: names.navigation.board,
      icon: IconLayoutBoard,
      section: "work",
      order: 29,
      permission: READ,
      keywords: "zones pickers live warehouse",
    },
    {
      to: "/picking/assignments",
      label: names.navigation.assignments,
      icon: IconClipboardList,
      section: "work",
      order: 30,
      permission: READ,
      keywords: "assignments pickers warehouse",
    },
    {
      to: "/picking/queue",
      label: names.navigation.queue,
      icon: IconStack2,
      section: "work",
      order: 31,
      permission: READ,
      keywords: "assignments waiting warehouse",
    },
    {
      to: "/picking/rejected",
      label: names.navigation.rejected,
      icon: IconClipboardX,
      section: "work",
      order: 32,
      permission: REVIEW,
      keywords: "events refused scanner queue desk warehouse",
    },
    {
      to: "/picking/shorts",
      label: names.navigation.shorts,
      icon: IconSquareRoundedMinus,
      section: "work",
      order: 33,
      permission: READ,
      keywords: "missing stock picking warehouse",
    },
    {
      to: "/picking/performance",
      label: names.navigation.performance,
      icon: IconChartBar,
      section: "work",
      order: 34,
      permission: READ_PERFORMANCE,
      keywords: "performance score units hours rate people zones days report csv warehouse",
    },
  ],
};
