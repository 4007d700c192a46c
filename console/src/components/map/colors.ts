import type { Tone } from "~/components/status-badge";

/** The colours of points and lines, which are told apart on light and dark maps alike. */
export const MAP_COLORS: Readonly<Record<Tone, string>> = {
  neutral: "#7b8795",
  info: "#2f74bf",
  active: "#1c8592",
  good: "#2b9a5b",
  warning: "#d1820f",
  bad: "#cf3c3c",
};
