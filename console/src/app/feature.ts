/** What a feature tells the frame about itself, in its `feature.tsx`. */

import type { ComponentType } from "react";
import type { PermissionRule } from "./me";

/** The parts of the navigation, from top to bottom. */
export type Section = "today" | "work" | "administration" | "account" | "tools";

export interface FeatureRoute {
  /** The path, such as `dispatch/orders` or `line/packs/:packId`, without a leading slash. */
  path: string;
  /** The title of the browser's tab. */
  title: string;
  /** Who may open it; others see that they may not. */
  permission?: PermissionRule;
  /** Loads the page when it is opened first: `() => import("./page")`. The page is the default export. */
  load: () => Promise<{ default: ComponentType }>;
}

export interface NavigationEntry {
  /** The path, with a leading slash. */
  to: string;
  label: string;
  icon: ComponentType<{ size?: number | string; stroke?: number | string }>;
  section: Section;
  /** Ascending within the section. */
  order: number;
  permission?: PermissionRule;
  /** Offered only where the local stack serves the console. */
  onlyLocal?: boolean;
  /** More words by which the command palette finds the entry. */
  keywords?: string;
}

/** Something in the bar above every page, such as the bell. */
export interface BarEntry {
  permission?: PermissionRule;
  /** Loads it after the page: `() => import("./bell")`. The component is the default export. */
  load: () => Promise<{ default: ComponentType }>;
}

export interface Feature {
  /** The name of the folder. */
  id: string;
  routes: readonly FeatureRoute[];
  navigation: readonly NavigationEntry[];
  bar?: BarEntry;
}
