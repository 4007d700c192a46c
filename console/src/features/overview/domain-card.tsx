import { IconArrowRight } from "@tabler/icons-react";
import { type CSSProperties, useMemo } from "react";
import { Link } from "react-router";
import { Chart, type ChartPoint } from "~/components/chart";
import { Panel } from "~/components/panel";
import type { Card, Figure, Trend } from "./domains";
import styles from "./overview.module.css";
import { texts } from "./texts";
import { useReachable } from "./use-reachable";

const HOUR_MS = 3_600_000;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

interface DomainCardProps {
  card: Card;
  firstHour: string;
}

/** One domain: what is open, what was finished today, and the last 24 hours. */
export function DomainCard({ card, firstHour }: DomainCardProps) {
  const reachable = useReachable();
  const title = texts.domains[card.id];
  return (
    <Panel
      title={title}
      actions={
        reachable(card.list) && (
          <Link to={card.list} className={styles.more} aria-label={`${texts.openList}: ${title}`}>
            {texts.openList}
            <IconArrowRight size={15} aria-hidden="true" />
          </Link>
        )
      }
    >
      <Figures label={texts.now} figures={card.now} />
      <Figures label={texts.today} figures={card.today} />
      <Day card={card} firstHour={firstHour} />
    </Panel>
  );
}

function Figures({ label, figures }: { label: string; figures: readonly Figure[] }) {
  return (
    <section className={styles.group} aria-label={label}>
      <h3 className={styles.groupTitle}>{label}</h3>
      <ul className={styles.figures}>
        {figures.map((figure) => (
          <li key={figure.id}>
            <OneFigure figure={figure} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneFigure({ figure: { label, tone, count, isAtLeast, to } }: { figure: Figure }) {
  const reachable = useReachable();
  const number = count.toLocaleString("en");
  const content = (
    <>
      <span className={styles.count} title={isAtLeast ? texts.atLeastHint : undefined}>
        {isAtLeast ? texts.atLeast(number) : number}
      </span>
      <span className={styles.label}>
        <span className={styles.dot} aria-hidden="true" />
        {label}
      </span>
    </>
  );
  const style = { "--tone": `var(--tone-${tone})` } as CSSProperties;
  const state = { className: styles.figure, style, "data-empty": count === 0, "data-tone": tone };
  if (to === null || !reachable(to)) return <div {...state}>{content}</div>;
  return (
    <Link to={to} {...state}>
      {content}
    </Link>
  );
}

function Day({ card: { id, trends, rate }, firstHour }: DomainCardProps) {
  const points = useMemo(() => pointsOf(trends, firstHour), [trends, firstHour]);
  const series = useMemo(() => trends.map(({ id: name, label }) => ({ name, label })), [trends]);
  const last = trends.map(({ label, values }) => `${(values.at(-2) ?? 0).toLocaleString("en")} ${label.toLowerCase()}`);
  return (
    <div className={styles.day}>
      <Chart
        kind={trends.length === 1 ? "bar" : "line"}
        label={`${texts.domains[id]}: ${trends.map(({ label }) => label).join(", ")}, ${texts.perHour}`}
        points={points}
        series={series}
        height={140}
      />
      <dl className={styles.rates}>
        <div>
          <dt>{texts.lastHour}</dt>
          <dd className="numbers">{last.join(", ")}</dd>
        </div>
        {rate !== null && rate.share !== null && (
          <div>
            <dt>{rate.label}</dt>
            <dd className="numbers">{texts.rates.share(percent.format(rate.share))}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

/** Hours are named in the person's own time zone. */
function pointsOf(trends: readonly Trend[], firstHour: string): readonly ChartPoint[] {
  const first = Date.parse(firstHour);
  return Array.from({ length: 24 }, (_, hour) => ({
    label: clock.format(new Date(first + hour * HOUR_MS)),
    values: Object.fromEntries(trends.map(({ id, values }) => [id, values[hour] ?? 0])),
  }));
}
