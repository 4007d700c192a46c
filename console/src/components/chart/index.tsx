import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { common } from "~/texts/common";
import type { ChartProps } from "./chart";

export type { ChartPoint, ChartProps, ChartSeries } from "./chart";

const LoadedChart = lazy(() => import("./chart"));

/** Shows numbers as lines, areas or bars. The library is loaded when the first chart is shown. */
export function Chart(props: ChartProps) {
  const height = props.height ?? 220;
  return (
    <Suspense fallback={<Skeleton height={height} radius="md" aria-label={common.chart.loading} />}>
      <LoadedChart {...props} height={height} />
    </Suspense>
  );
}
