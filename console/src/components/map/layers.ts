/** The layers of points and lines, and what they show. */

import type { Feature, FeatureCollection, MultiPoint } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as MapLibre } from "maplibre-gl";
import { MAP_COLORS } from "./colors";
import type { MapLine, MapPoint } from "./map";

const NONE: FeatureCollection = { type: "FeatureCollection", features: [] };

/** Small where a whole city is in view, so that a crowd of points stays readable and quick to draw. */
const RADIUS: ExpressionSpecification = ["interpolate", ["linear"], ["zoom"], 8, 2, 11, 4, 14, 6];

export function addLayers(map: MapLibre): void {
  for (const source of ["lines", "points", "selected"]) map.addSource(source, { type: "geojson", data: NONE });
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
      "circle-radius": RADIUS,
      "circle-color": ["get", "fill"],
      "circle-stroke-color": ["get", "edge"],
      "circle-stroke-width": ["get", "width"],
    },
  });
  map.addLayer({
    id: "selected",
    type: "circle",
    source: "selected",
    paint: {
      "circle-radius": 10,
      "circle-color": ["get", "fill"],
      "circle-stroke-color": "#e8590c",
      "circle-stroke-width": 3.5,
    },
  });
}

export function showPoints(map: MapLibre | null, points: readonly MapPoint[]): void {
  show(map, "points", pointFeatures(points));
}

export function showLines(map: MapLibre | null, lines: readonly MapLine[]): void {
  show(map, "lines", lineFeatures(lines));
}

export function showSelected(map: MapLibre | null, point: MapPoint | undefined): void {
  const disc = point === undefined ? [] : [{ ...point, shape: "disc" as const }];
  show(map, "selected", pointFeatures(disc));
}

function show(map: MapLibre | null, source: string, data: FeatureCollection): void {
  void map?.getSource<GeoJSONSource>(source)?.setData(data);
}

/**
 * Return one feature for all neighbours in the list that look the same. What a source gets is copied to a worker, object by
 * object: ten thousand features take ten times as long as a few features with as many positions.
 */
export function pointFeatures(points: readonly MapPoint[]): FeatureCollection {
  const features: Feature<MultiPoint>[] = [];
  let last: MapPoint | null = null;
  for (const point of points) {
    if (last?.tone !== point.tone || last.shape !== point.shape) {
      features.push({ type: "Feature", properties: looksOf(point), geometry: { type: "MultiPoint", coordinates: [] } });
    }
    features.at(-1)?.geometry.coordinates.push([point.longitude, point.latitude]);
    last = point;
  }
  return { type: "FeatureCollection", features };
}

function looksOf({ tone, shape }: MapPoint): { fill: string; edge: string; width: number } {
  const color = MAP_COLORS[tone];
  return shape === "ring" ? { fill: "#ffffff", edge: color, width: 3 } : { fill: color, edge: "#ffffff", width: 1.5 };
}

function lineFeatures(lines: readonly MapLine[]): FeatureCollection {
  return {
    type: "FeatureCollection",
    features: lines.map(({ id, positions, tone }) => ({
      type: "Feature",
      properties: { id, color: MAP_COLORS[tone] },
      geometry: { type: "LineString", coordinates: positions.map(([lat, lng]) => [lng, lat]) },
    })),
  };
}
