import { useMemo } from "react";
import { features } from "~/features";
import { common } from "~/texts/common";
import { useConfig } from "./config";
import type { NavigationEntry, Section } from "./feature";
import { useCan } from "./me";

const SECTIONS: readonly Section[] = ["today", "work", "administration", "tools", "account"];

export interface NavigationSection {
  section: Section;
  label: string;
  entries: readonly NavigationEntry[];
}

/** Return the entries that the signed-in person may open, by section. */
export function useNavigation(): readonly NavigationSection[] {
  const can = useCan();
  const { local } = useConfig();
  return useMemo(() => {
    const entries = features
      .flatMap((feature) => feature.navigation)
      .filter((entry) => can(entry.permission) && (local || !entry.onlyLocal))
      .sort((a, b) => a.order - b.order);
    return SECTIONS.map((section) => ({
      section,
      label: common.sections[section],
      entries: entries.filter((entry) => entry.section === section),
    })).filter((group) => group.entries.length > 0);
  }, [can, local]);
}
