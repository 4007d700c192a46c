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

const WEEKLY_ON = /^FREQ=WEEKLY;BYDAY=((?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*)$/;
const LIST = new Intl.ListFormat("en-GB");

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
  return preset === OWN ? (weeklyText(rule) ?? rule) : texts.presets[preset];
}

/** Return a rule for some days of each week in words, or nothing for another one. */
function weeklyText(rule: string): string | undefined {
  const days = WEEKLY_ON.exec(rule.trim().toUpperCase())?.[1]?.split(",") as
    | (keyof typeof texts.weekdays)[]
    | undefined;
  return days && texts.weeklyOn(LIST.format(days.map((day) => texts.weekdays[day])));
}
