import "maplibre-gl/dist/maplibre-gl.css";
import { useComputedColorScheme } from "@mantine/core";
import type { FeatureCollection } from "geojson";
import {
  type GeoJSONSource,
  LngLatBounds,
  Map as MapLibre,
  NavigationControl,
  Popup,
  ScaleControl,
  setWorkerUrl,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef, useState } from "react";
import { useConfig } from "~/app/config";
import { StateMessage } from "~/components/state-message";
import type { Tone } from "~/components/status-badge";
import { common } from "~/texts/common";
import { MAP_COLORS } from "./colors";
import styles from "./map.module.css";
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
  onSelect?: (id: string) => void;
}

const NO_LINES: readonly MapLine[] = [];

/** The map. Points are one layer drawn by the graphics card, so thousands of them move smoothly. */
export default function LoadedMap({ label, points, lines = NO_LINES, selected = null, onSelect }: MapProps) {
  const holder = useRef<HTMLDivElement>(null);
  const map = useMap(holder, points, onSelect);
  useEffect(() => show(map.loaded, "points", featuresOf(points)), [map.loaded, points]);
  useEffect(() => show(map.loaded, "lines", lineFeaturesOf(lines)), [map.loaded, lines]);
  useSelected(map.loaded, points, selected);
  if (map.failed) return <StateMessage kind="failed" title={common.map.label} text={common.map.unsupported} />;
  return (
    <div className={styles.map} role="region" aria-label={label} data-drawn={map.loaded !== null}>
      {!map.hasTiles && <span className={styles.note}>{common.map.noTiles}</span>}
      <div ref={holder} className={styles.canvas} />
    </div>
  );
}

/** Marks the selected point, and moves the map there if it is out of sight. */
function useSelected(map: MapLibre | null, points: readonly MapPoint[], selected: string | null): void {
  const moved = useRef<string | null>(null);
  useEffect(() => {
    map?.setFilter("selected", ["==", ["get", "id"], selected ?? ""]);
  }, [map, selected]);
  useEffect(() => {
    if (map === null || moved.current === selected) return;
    const point = points.find(({ id }) => id === selected);
    if (selected !== null && point === undefined) return;
    moved.current = selected;
    if (point === undefined) return;
    const center: [number, number] = [point.longitude, point.latitude];
    if (!map.getBounds().contains(center)) map.easeTo({ center });
  }, [map, points, selected]);
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
  const select = useRef(onSelect);
  select.current = onSelect;
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
      listen(map, (id) => select.current?.(id));
      setLoaded(map);
    });
    return () => {
      setLoaded(null);
      map.remove();
    };
  }, [holder, scheme, mapStyle, begun]);

  return { loaded, failed, hasTiles: mapStyle !== null };
}

function addLayers(map: MapLibre): void {
  const none = { type: "FeatureCollection", features: [] } as const;
  map.addSource("lines", { type: "geojson", data: { ...none, features: [] } });
  map.addSource("points", { type: "geojson", data: { ...none, features: [] } });
  map.addLayer({
    id: "lines",
    type: "line",
    source: "lines",
    paint: { "line-color": ["get", "color"], "line-width": 2.5, "line-dasharray": [2, 1.5] },
  });
  map.addLayer({
    id: "points",
    type: "circle",
    source: "points",
    paint: {
      "circle-radius": 6,
      "circle-color": ["case", ["==", ["get", "shape"], "ring"], "#ffffff", ["get", "color"]],
      "circle-stroke-color": ["case", ["==", ["get", "shape"], "ring"], ["get", "color"], "#ffffff"],
      "circle-stroke-width": ["case", ["==", ["get", "shape"], "ring"], 3, 1.5],
    },
  });
  map.addLayer({
    id: "selected",
    type: "circle",
    source: "points",
    filter: ["==", ["get", "id"], ""],
    paint: {
      "circle-radius": 10,
      "circle-color": ["get", "color"],
      "circle-stroke-color": "#e8590c",
      "circle-stroke-width": 3.5,
    },
  });
}

function listen(map: MapLibre, onSelect: (id: string) => void): void {
  const popup = new Popup({ closeButton: false, closeOnClick: false, offset: 10 });
  map.on("click", "points", (event) => {
    const id: unknown = event.features?.[0]?.properties.id;
    if (typeof id === "string") onSelect(id);
  });
  map.on("mousemove", "points", (event) => {
    map.getCanvas().style.cursor = "pointer";
    popup.setLngLat(event.lngLat).setText(String(event.features?.[0]?.properties.label)).addTo(map);
  });
  map.on("mouseleave", "points", () => {
    map.getCanvas().style.cursor = "";
    popup.remove();
  });
}

function show(map: MapLibre | null, source: string, data: FeatureCollection): void {
  void map?.getSource<GeoJSONSource>(source)?.setData(data);
}

function featuresOf(points: readonly MapPoint[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: points.map(({ id, latitude, longitude, tone, label, shape = "disc" }) => ({
      type: "Feature",
      properties: { id, label, shape, color: MAP_COLORS[tone] },
      geometry: { type: "Point", coordinates: [longitude, latitude] },
    })),
  };
}

function lineFeaturesOf(lines: readonly MapLine[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: lines.map(({ id, positions, tone }) => ({
      type: "Feature",
      properties: { id, color: MAP_COLORS[tone] },
      geometry: { type: "LineString", coordinates: positions.map(([lat, lng]) => [lng, lat]) },
    })),
  };
}

function boundsOf(points: readonly MapPoint[]): LngLatBounds {
  const bounds = new LngLatBounds();
  for (const { longitude, latitude } of points) bounds.extend([longitude, latitude]);
  return bounds;
}
