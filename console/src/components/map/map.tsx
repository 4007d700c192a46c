import "maplibre-gl/dist/maplibre-gl.css";
import { useComputedColorScheme } from "@mantine/core";
import { LngLatBounds, Map as MapLibre, NavigationControl, Popup, ScaleControl, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef, useState } from "react";
import { useConfig } from "~/app/config";
import { StateMessage } from "~/components/state-message";
import type { Tone } from "~/components/status-badge";
import { common } from "~/texts/common";
import { addLayers, showLines, showPoints, showSelected } from "./layers";
import styles from "./map.module.css";
import { nearestPoint } from "./nearest-point";
import { plainStyle } from "./style";

// The library's worker is a file of the console, because the content security policy refuses generated ones.
setWorkerUrl(workerUrl);

export interface MapPoint {
  id: string;
  latitude: number;
  longitude: number;
  tone: Tone;
  /** Shown when the pointer is over the point. */
  label: string;
  /** A ring for places, a disc for people and vehicles. */
  shape?: "disc" | "ring";
}

export interface MapLine {
  id: string;
  /** Positions from start to end: latitude and longitude. */
  positions: readonly (readonly [number, number])[];
  tone: Tone;
}

export interface MapProps {
  /** What the map shows. The same data has to stand in a list, for people who do not see it. */
  label: string;
  points: readonly MapPoint[];
  lines?: readonly MapLine[];
  selected?: string | null;
  /** The point onto which something is dragged: it is marked instead of the selected one. */
  target?: string | null;
  onSelect?: (id: string) => void;
  /** Is given a function that returns the id of the point at a position of the window, for what is dragged onto the map. */
  pointAt?: React.RefObject<PointAt | null>;
}

export type PointAt = (x: number, y: number, accepts: (id: string) => boolean) => string | null;

const NO_LINES: readonly MapLine[] = [];

/** The map. Points are one layer drawn by the graphics card, so thousands of them move smoothly. */
export default function LoadedMap({
  label,
  points,
  lines = NO_LINES,
  selected = null,
  target = null,
  onSelect,
  pointAt,
}: MapProps) {
  const holder = useRef<HTMLDivElement>(null);
  const map = useMap(holder, points, onSelect);
  useEffect(() => showPoints(map.loaded, points), [map.loaded, points]);
  useEffect(() => showLines(map.loaded, lines), [map.loaded, lines]);
  useSelected(map.loaded, points, selected);
  useTarget(map.loaded, points, selected, target);
  usePointAt(map.loaded, points, pointAt);
  if (map.failed) return <StateMessage kind="failed" title={common.map.label} text={common.map.unsupported} />;
  return (
    <div className={styles.map} role="region" aria-label={label} data-drawn={map.loaded !== null}>
      {!map.hasTiles && <span className={styles.note}>{common.map.noTiles}</span>}
      <div ref={holder} className={styles.canvas} />
    </div>
  );
}

/** Marks the selected point, and moves the map there if it is out of sight when another one is selected. */
function useSelected(map: MapLibre | null, points: readonly MapPoint[], selected: string | null): void {
  const moved = useRef<string | null>(null);
  useEffect(() => {
    const point = find(points, selected);
    showSelected(map, point);
    const isUnread = selected !== null && point === undefined;
    if (map === null || moved.current === selected || isUnread) return;
    moved.current = selected;
    if (point !== undefined) bringIntoSight(map, point);
  }, [map, points, selected]);
}

/** Marks what something is dragged onto, and the selected point again afterwards. */
function useTarget(map: MapLibre | null, points: readonly MapPoint[], selected: string | null, target: string | null) {
  useEffect(() => {
    if (target === null) return;
    showSelected(map, find(points, target));
    return () => showSelected(map, find(points, selected));
  }, [map, points, selected, target]);
}

function find(points: readonly MapPoint[], id: string | null): MapPoint | undefined {
  return id === null ? undefined : points.find((point) => point.id === id);
}

function usePointAt(map: MapLibre | null, points: readonly MapPoint[], pointAt: MapProps["pointAt"]): void {
  useEffect(() => {
    if (pointAt === undefined) return;
    pointAt.current = (x, y, accepts) => {
      const { left, top } = map?.getCanvas().getBoundingClientRect() ?? { left: 0, top: 0 };
      return map === null ? null : (nearestPoint(map, points, { x: x - left, y: y - top }, accepts)?.id ?? null);
    };
  }, [map, points, pointAt]);
}

function bringIntoSight(map: MapLibre, { longitude, latitude }: MapPoint): void {
  const center: [number, number] = [longitude, latitude];
  if (!map.getBounds().contains(center)) map.easeTo({ center });
}

function useMap(
  holder: React.RefObject<HTMLDivElement | null>,
  points: readonly MapPoint[],
  onSelect: MapProps["onSelect"],
) {
  const scheme = useComputedColorScheme("light");
  const { mapStyle } = useConfig();
  const [loaded, setLoaded] = useState<MapLibre | null>(null);
  const [failed, setFailed] = useState(false);
  const first = useRef(points);
  const newest = useRef({ points, onSelect });
  newest.current = { points, onSelect };
  const begun = points.length > 0;
  if (!first.current.length) first.current = points;

  useEffect(() => {
    const container = holder.current;
    if (container === null || !begun) return;
    const bounds = boundsOf(first.current);
    let map: MapLibre;
    try {
      map = new MapLibre({
        container,
        style: mapStyle ?? plainStyle(scheme, bounds.getCenter().toArray()),
        bounds,
        fitBoundsOptions: { padding: 48, maxZoom: 14 },
        attributionControl: mapStyle === null ? false : { compact: true },
        dragRotate: false,
        pitchWithRotate: false,
      });
    } catch {
      setFailed(true);
      return;
    }
    map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
    map.on("load", () => {
      addLayers(map);
      listen(map, newest);
      setLoaded(map);
    });
    return () => {
      setLoaded(null);
      map.remove();
    };
  }, [holder, scheme, mapStyle, begun]);

  return { loaded, failed, hasTiles: mapStyle !== null };
}

interface Newest {
  points: readonly MapPoint[];
  onSelect: MapProps["onSelect"];
}

function listen(map: MapLibre, newest: React.RefObject<Newest>): void {
  const popup = new Popup({ closeButton: false, closeOnClick: false, offset: 10 });
  map.on("click", ({ point }) => {
    const id = nearestPoint(map, newest.current.points, point)?.id;
    if (id !== undefined) newest.current.onSelect?.(id);
  });
  map.on("mousemove", ({ point, originalEvent }) => {
    // While something is dragged, its own note says what is under the pointer.
    if (originalEvent.buttons !== 0) {
      popup.remove();
      return;
    }
    const over = nearestPoint(map, newest.current.points, point);
    map.getCanvas().style.cursor = over === null ? "" : "pointer";
    if (over === null) popup.remove();
    else popup.setLngLat([over.longitude, over.latitude]).setText(over.label).addTo(map);
  });
  map.on("mouseout", () => popup.remove());
}

function boundsOf(points: readonly MapPoint[]): LngLatBounds {
  const bounds = new LngLatBounds();
  for (const { longitude, latitude } of points) bounds.extend([longitude, latitude]);
  return bounds;
}
