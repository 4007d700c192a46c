import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import { common } from "~/texts/common";
import type { MapProps } from "./map";

export type { MapLine, MapPoint, MapProps, PointAt } from "./map";

const LoadedMap = lazy(() => import("./map"));

/** Shows points and lines on a map. The library is loaded when the first map is shown. Give it a height. */
export function MapView(props: MapProps) {
  return (
    <Suspense fallback={<Skeleton height="100%" radius="md" aria-label={common.map.loading} />}>
      <LoadedMap {...props} />
    </Suspense>
  );
}
