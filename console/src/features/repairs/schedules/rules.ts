import { texts } from "./texts";

/** The rules that most schedules have, by their names. */
const PRESETS = {
  daily: "FREQ=DAILY",
  weekly: "FREQ=WEEKLY",
  fortnightly: "FREQ=WEEKLY;INTERVAL=2",
  firstMonday: "FREQ=MONTHLY;BYDAY=1MO",
  lastFriday: "FREQ=MONTHLY;BYDAY=-1FR",
  monthly: "FREQ=MONTHLY",
  yearly: "FREQ=YEARLY",
} as const;

type Preset = keyof typeof PRESETS;

export const OWN = "own";

export const PRESET_OPTIONS = [...(Object.keys(PRESETS) as Preset[]), OWN].map((value) => ({
  value,
  label: texts.presets[value as Preset | typeof OWN],
}));

/** Return the name of the preset that is this rule. */
export function presetOf(rule: string): Preset | typeof OWN {
  const found = Object.entries(PRESETS).find(([, preset]) => preset === rule.trim().toUpperCase());
  return found === undefined ? OWN : (found[0] as Preset);
}

/** Return the rule of a preset; an own rule stays as it is. */
export function ruleOf(preset: string, rule: string): string {
  return preset in PRESETS ? PRESETS[preset as Preset] : rule;
}

/** Return a rule in words where it is a usual one. */
export function ruleText(rule: string): string {
  const preset = presetOf(rule);
  return preset === OWN ? rule : texts.presets[preset];
}
