import "@mantine/charts/styles.layer.css";
import { AreaChart, BarChart, LineChart } from "@mantine/charts";
import { Button } from "@mantine/core";
import { useState } from "react";
import { common } from "~/texts/common";
import styles from "./chart.module.css";

/** One position on the horizontal axis, with the value of each series; null where there is none. */
export interface ChartPoint {
  label: string;
  values: Readonly<Record<string, number | null>>;
}

export interface ChartSeries {
  /** The key in `values`. */
  name: string;
  label: string;
  /** A colour of the theme, such as `petrol.6`; by default by position. */
  color?: string;
}

export interface ChartProps {
  kind: "line" | "area" | "bar";
  /** What the chart shows, for people who do not see it. */
  label: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  /** Puts the series on top of each other. */
  stacked?: boolean;
  unit?: string;
  height?: number;
}

const COLORS = ["petrol.6", "orange.6", "indigo.5", "grape.5", "lime.7", "red.6"] as const;

/** Few bars stay bars. */
const MAX_BAR_WIDTH = 72;

/** A chart, with a table of the same numbers one press away. */
export default function LoadedChart(props: ChartProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure aria-label={props.label} style={{ margin: 0 }}>
      {asTable ? <NumberTable {...props} /> : <Drawing {...props} />}
      <div className={styles.switch}>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setAsTable(!asTable)}>
          {asTable ? common.chart.chart : common.chart.table}
        </Button>
      </div>
    </figure>
  );
}

function Drawing({ kind, points, series, stacked = false, unit, height = 220 }: ChartProps) {
  const shared = {
    h: height,
    data: points.map(({ label, values }) => ({ label, ...values })),
    dataKey: "label",
    series: series.map(({ name, label, color }, index) => ({
      name,
      label,
      color: color ?? COLORS[index % COLORS.length] ?? COLORS[0],
    })),
    withLegend: series.length > 1,
    tickLine: "none" as const,
    // Half a work order is no mark of an axis.
    yAxisProps: { allowDecimals: !points.every(({ values }) => Object.values(values).every(isWhole)) },
    valueFormatter: (value: number) => `${value.toLocaleString("en")}${unit === undefined ? "" : ` ${unit}`}`,
  };
  if (kind === "bar")
    return <BarChart {...shared} type={stacked ? "stacked" : "default"} maxBarWidth={MAX_BAR_WIDTH} />;
  if (kind === "area") return <AreaChart {...shared} type={stacked ? "stacked" : "default"} withDots={false} />;
  return <LineChart {...shared} withDots={false} />;
}

function isWhole(value: number | null): boolean {
  return value === null || Number.isInteger(value);
}

function NumberTable({ points, series, label }: ChartProps) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{label}</caption>
      <thead>
        <tr>
          <th scope="col" aria-label={label} />
          {series.map(({ name, label: title }) => (
            <th scope="col" key={name}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="numbers">
        {points.map((point) => (
          <tr key={point.label}>
            <td>{point.label}</td>
            {series.map(({ name }) => (
              <td key={name}>{point.values[name]?.toLocaleString("en") ?? "–"}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
