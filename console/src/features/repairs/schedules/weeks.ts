/** Days of a calendar as ISO dates, without times and zones: an occurrence has the local date of its schedule. */

const DAY_MS = 86_400_000;
const DAYS = 35;

const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const long = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", timeZone: "UTC" });

/** Return five weeks from a Monday on: that of the present week, or so many times five weeks later. */
export function daysOf(now: Date, page: number): readonly string[] {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  const monday = today - ((now.getDay() + 6) % 7) * DAY_MS + page * DAYS * DAY_MS;
  return Array.from({ length: DAYS }, (_, number) => isoDate(new Date(monday + number * DAY_MS)));
}

/** Return the date of the device. */
export function dateOf(now: Date): string {
  return isoDate(new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate())));
}

export function shortDate(day: string): string {
  return short.format(new Date(day));
}

export function longDate(day: string): string {
  return long.format(new Date(day));
}

export function weekdayOf(day: string): string {
  return weekday.format(new Date(day));
}

function isoDate(time: Date): string {
  return time.toISOString().slice(0, 10);
}
