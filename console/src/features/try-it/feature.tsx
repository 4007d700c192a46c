import { IconPlayerPlay } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { names } from "./names";

export const feature: Feature = {
  id: "try-it",
  routes: [{ path: "try-it", title: names.title, load: () => import("./page") }],
  navigation: [
    {
      to: "/try-it",
      label: names.title,
      icon: IconPlayerPlay,
      section: "tools",
      order: 10,
      onlyLocal: true,
      keywords: "demo play walkthrough curl example",
    },
  ],
};
