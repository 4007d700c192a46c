import type { FeatureCollection } from "geojson";
import type { StyleSpecification } from "maplibre-gl";

const COLORS = {
  light: { land: "#eef1f4", line: "#dbe1e8" },
  dark: { land: "#161c23", line: "#27303b" },
} as const;

/** About a kilometre, so that distances can be judged without streets. */
const STEP = 0.01;
const CELLS = 60;

/** Return a map without tiles: a plain surface with a grid around a place. It needs no network. */
export function plainStyle(scheme: "light" | "dark", [lng, lat]: readonly [number, number]): StyleSpecification {
  const { land, line } = COLORS[scheme];
  return {
    version: 8,
    sources: { grid: { type: "geojson", data: gridAround(lng, lat) } },
    layers: [
      { id: "land", type: "background", paint: { "background-color": land } },
      { id: "grid", type: "line", source: "grid", minzoom: 9, paint: { "line-color": line, "line-width": 1 } },
    ],
  };
}

function gridAround(lng: number, lat: number): FeatureCollection {
  const stretch = 1 / Math.max(Math.cos((lat * Math.PI) / 180), 0.1);
  const steps = Array.from({ length: CELLS * 2 + 1 }, (_, index) => (index - CELLS) * STEP);
  const west = lng - CELLS * STEP * stretch;
  const east = lng + CELLS * STEP * stretch;
  const lines = steps.flatMap((step) => [
    [
      [west, lat + step],
      [east, lat + step],
    ],
    [
      [lng + step * stretch, lat - CELLS * STEP],
      [lng + step * stretch, lat + CELLS * STEP],
    ],
  ]);
  return {
    type: "FeatureCollection",
    features: lines.map((coordinates) => ({
      type: "Feature",
      properties: {},
      geometry: { type: "LineString", coordinates },
    })),
  };
}
