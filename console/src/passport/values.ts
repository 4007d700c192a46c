/** The groups and values of a battery passport in words, for its public page and for the console. */

interface Value {
  text?: string | null;
  value?: string | number | null;
  min?: string | number | null;
  max?: string | number | null;
  unit?: string | null;
}

interface Grouped {
  group: string;
}

const GROUPS: Readonly<Record<string, string>> = {
  identity: "Battery and manufacturer",
  materials: "Materials",
  sustainability: "Carbon footprint and sourcing",
  performance: "Performance",
  durability: "Durability",
  conformity: "Conformity and waste",
  dismantling: "Dismantling and safety",
  condition: "Condition of this battery",
};

/** Return the title of a group; one that this page does not know yet has its name. */
export function groupTitle(group: string): string {
  return GROUPS[group] ?? group;
}

/** Return attributes by their groups, in the order in which they come. */
export function grouped<Entry extends Grouped>(entries: readonly Entry[]): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry]);
  return [...groups];
}

/** Return a value in words, with its unit. */
export function valueText({ text, value, min, max, unit }: Value): string {
  if (text !== undefined && text !== null) return text;
  const number = value ?? `${min} to ${max}`;
  return `${number} ${unit}`;
}

/** Return the address that a value is, or null for any other text. */
export function linkOf({ text }: Value): string | null {
  return text?.startsWith("https://") ? text : null;
}
