import { IconClipboardList, IconStack2 } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { READ } from "./permissions";
import { texts } from "./texts";

export const feature: Feature = {
  id: "picking",
  routes: [
    {
      path: "picking/assignments",
      title: texts.assignments.title,
      permission: READ,
      load: () => import("./assignments-page"),
    },
    { path: "picking/queue", title: texts.queue.title, permission: READ, load: () => import("./queue-page") },
  ],
  navigation: [
    {
      to: "/picking/assignments",
      label: texts.navigation.assignments,
      icon: IconClipboardList,
      section: "work",
      order: 30,
      permission: READ,
      keywords: "assignments pickers warehouse",
    },
    {
      to: "/picking/queue",
      label: texts.navigation.queue,
      icon: IconStack2,
      section: "work",
      order: 31,
      permission: READ,
      keywords: "assignments waiting warehouse",
    },
  ],
};
