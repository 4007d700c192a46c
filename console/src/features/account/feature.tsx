import { IconUserCircle } from "@tabler/icons-react";
import type { Feature } from "~/app/feature";
import { texts } from "./texts";

export const feature: Feature = {
  id: "account",
  routes: [{ path: "account", title: texts.title, load: () => import("./page") }],
  navigation: [
    {
      to: "/account",
      label: texts.title,
      icon: IconUserCircle,
      section: "account",
      order: 10,
      keywords: "profile password sessions devices",
    },
  ],
};
