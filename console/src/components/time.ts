/** Times: the API's are UTC, people see those of their device. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });
const today = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const thisYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const anyYear = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "narrow" });

/** Return a time with all its parts, for a tooltip. */
export function formatExact(time: Date): string {
  return exact.format(time);
}

/** Return a time as short as its distance allows: `14:05`, `3 Mar, 14:05`, `3 Mar 2025, 14:05`. */
export function formatDateTime(time: Date, now: Date): string {
  if (time.toDateString() === now.toDateString()) return today.format(time);
  return (time.getFullYear() === now.getFullYear() ? thisYear : anyYear).format(time);
}

/** Return the distance from now in the largest unit that fits: `5min ago`, `in 2h`. */
export function formatRelative(time: Date, now: Date): string {
  const distance = time.getTime() - now.getTime();
  const size = Math.abs(distance);
  if (size < MINUTE) return relative.format(Math.round(distance / 1000), "second");
  if (size < HOUR) return relative.format(Math.round(distance / MINUTE), "minute");
  if (size < DAY) return relative.format(Math.round(distance / HOUR), "hour");
  return relative.format(Math.round(distance / DAY), "day");
}

/** Return a duration as its two largest parts: `1 h 20 min`. */
export function formatDuration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  if (total < 60) return `${total} s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 60) return total % 60 === 0 ? `${minutes} min` : `${minutes} min ${total % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** Return the time that the API wrote, or null if it is none. */
export function parseTime(text: string | null | undefined): Date | null {
  const time = new Date(text ?? Number.NaN);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Return a UTC time as the value of an input for a time of the device, or nothing if it is none. */
export function toLocalInput(utc: string): string {
  const time = new Date(utc);
  if (utc === "" || Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}

/** Return the value of such an input in UTC, or nothing if it is no time. */
export function fromLocalInput(local: string): string {
  const time = new Date(local);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}
