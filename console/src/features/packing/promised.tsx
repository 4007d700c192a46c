import { useNow } from "~/components/date-time";
import styles from "./packing.module.css";
import { texts } from "./texts";

const thisYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const anyYear = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

/** Shows the date on which a shipment was promised to leave, and, while it is not packed, whether that day is over. */
export function Promised({ date, done = false }: { date: string | null; done?: boolean }) {
  const now = useNow();
  if (date === null) return <span>–</span>;
  const today = localDate(now);
  const format = date.slice(0, 4) === today.slice(0, 4) ? thisYear : anyYear;
  const shown = format.format(new Date(`${date}T00:00:00Z`));
  if (done || date >= today) return <time dateTime={date}>{shown}</time>;
  return (
    <span className={styles.late}>
      <time dateTime={date}>{shown}</time> · {texts.late}
    </span>
  );
}

function localDate(now: Date): string {
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}
