import { useSyncExternalStore } from "react";
import { common } from "~/texts/common";
import { formatDateTime, formatExact, formatRelative, parseTime } from "./time";

interface TimeProps {
  /** A time of the API, in UTC. */
  value: string | null | undefined;
}

/** Shows a time in the person's own time zone; the tooltip shows it with seconds and zone. */
export function DateTime({ value }: TimeProps) {
  const time = parseTime(value);
  if (time === null) return <span>{common.time.unknown}</span>;
  return (
    <time dateTime={time.toISOString()} title={formatExact(time)} className="numbers">
      {formatDateTime(time, new Date())}
    </time>
  );
}

/** Shows how long ago a time was, or how soon it will be, and keeps that right. */
export function TimeAgo({ value }: TimeProps) {
  const now = useNow();
  const time = parseTime(value);
  if (time === null) return <span>{common.time.never}</span>;
  return (
    <time dateTime={time.toISOString()} title={formatExact(time)} className="numbers">
      {formatRelative(time, now)}
    </time>
  );
}

const TICK_MS = 10_000;
const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setInterval> | null = null;

/** Return the time, which advances every ten seconds: one timer for all components. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) now = new Date();
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
}
