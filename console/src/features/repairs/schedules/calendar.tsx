import { ActionIcon, Skeleton } from "@mantine/core";
import { IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { useNow } from "~/components/date-time";
import { ErrorNote } from "~/components/error-note";
import styles from "./calendar.module.css";
import { previewQuery, type Schedule } from "./queries";
import { texts } from "./texts";
import { dateOf, daysOf, longDate, shortDate, weekdayOf } from "./weeks";

const MAX_SCHEDULES = 20;
const PREVIEW = 50;

interface CalendarProps {
  schedules: readonly Schedule[];
  onOpen: (id: string) => void;
}

/** Five weeks with the occurrences of the schedules that are not paused. A phone shows the days that have some. */
export function Calendar({ schedules, onOpen }: CalendarProps) {
  const now = useNow();
  const [page, setPage] = useState(0);
  const days = daysOf(now, page);
  const shown = schedules.filter(({ paused }) => !paused).slice(0, MAX_SCHEDULES);
  const { byDay, loading, error, retry } = useOccurrences(shown);
  const isEmpty = !loading && days.every((day) => byDay.get(day) === undefined);
  return (
    <section className={styles.calendar} aria-label={texts.calendar}>
      <div className={styles.head}>
        <ActionIcon
          variant="default"
          aria-label={texts.previous}
          disabled={page === 0}
          onClick={() => setPage(page - 1)}
        >
          <IconChevronLeft size={16} />
        </ActionIcon>
        <ActionIcon variant="default" aria-label={texts.next} onClick={() => setPage(page + 1)}>
          <IconChevronRight size={16} />
        </ActionIcon>
        <h2 className={styles.span}>{texts.weeks(shortDate(days[0] ?? ""), shortDate(days.at(-1) ?? ""))}</h2>
      </div>
      <ErrorNote error={error} onRetry={retry} />
      {loading && <Skeleton height={320} radius="md" />}
      {isEmpty && <p className={styles.note}>{texts.noOccurrences}</p>}
      {!loading && (
        <ol className={styles.days}>
          {days.map((day) => (
            <Day key={day} day={day} isToday={day === dateOf(now)} schedules={byDay.get(day) ?? []} onOpen={onOpen} />
          ))}
        </ol>
      )}
      {schedules.length > shown.length && shown.length === MAX_SCHEDULES && (
        <p className={styles.note}>{texts.moreOnCalendar(MAX_SCHEDULES)}</p>
      )}
    </section>
  );
}

interface DayProps {
  day: string;
  isToday: boolean;
  schedules: readonly Schedule[];
  onOpen: (id: string) => void;
}

function Day({ day, isToday, schedules, onOpen }: DayProps) {
  const classes = [styles.day, isToday && styles.today, schedules.length === 0 && styles.vacant];
  return (
    <li className={classes.filter(Boolean).join(" ")} aria-current={isToday ? "date" : undefined}>
      <time dateTime={day} className={styles.date}>
        <span className={styles.weekday}>{weekdayOf(day)}</span> {shortDate(day)}
      </time>
      {schedules.map(({ id, at, itemText, ride }) => (
        <button
          key={id}
          type="button"
          className={styles.occurrence}
          aria-label={`${longDate(day)}, ${at}: ${itemText}, ${ride}`}
          onClick={() => onOpen(id)}
        >
          <span className="numbers">{at}</span> {itemText}
        </button>
      ))}
    </li>
  );
}

/** Return the schedules of each day; each of them is read by itself. */
function useOccurrences(schedules: readonly Schedule[]) {
  const previews = useQueries({ queries: schedules.map(({ id }) => previewQuery(id, PREVIEW)) });
  const byDay = new Map<string, Schedule[]>();
  schedules.forEach((schedule, index) => {
    for (const { date } of previews[index]?.data?.occurrences ?? []) {
      byDay.set(date, [...(byDay.get(date) ?? []), schedule]);
    }
  });
  const failed = previews.filter(({ error }) => error !== null);
  return {
    byDay,
    loading: previews.some(({ isPending }) => isPending) && failed.length === 0,
    error: failed[0]?.error ?? null,
    retry: () => failed.forEach(({ refetch }) => void refetch()),
  };
}
