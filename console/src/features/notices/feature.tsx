import type { Feature } from "~/app/feature";

export const READ = "notices.notice.read";

/** The bell in the bar above every page. */
export const feature: Feature = {
  id: "notices",
  routes: [],
  navigation: [],
  bar: { permission: READ, load: () => import("./bell") },
};
