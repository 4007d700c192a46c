import { IconPlayerPlay } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { texts } from "./texts";

export const feature: Feature = {
  id: "try-it",
  routes: [{ path: "try-it", title: texts.title, load: () => import("./page") }],
  navigation: [
    {
      to: "/try-it",
      label: texts.title,
      icon: IconPlayerPlay,
      section: "tools",
      order: 10,
      onlyLocal: true,
      keywords: "demo play walkthrough curl example",
    },
  ],
};
