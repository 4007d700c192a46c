import type { Map as MapLibre } from "maplibre-gl";
import type { MapPoint } from "./map";

/** How far from a point a press still means it, in pixels. */
const REACH = 10;

/** Return the point nearest to a position on the screen, or null if none that is accepted is within reach. */
export function nearestPoint(
  map: MapLibre,
  points: readonly MapPoint[],
  { x, y }: { x: number; y: number },
  accepts: (id: string) => boolean = () => true,
): MapPoint | null {
  const [northWest, southEast] = [map.unproject([x - REACH, y - REACH]), map.unproject([x + REACH, y + REACH])];
  let nearest: MapPoint | null = null;
  let least = REACH;
  for (const point of points) {
    const { latitude, longitude } = point;
    if (latitude > northWest.lat || latitude < southEast.lat) continue;
    if (longitude < northWest.lng || longitude > southEast.lng) continue;
    const place = map.project([longitude, latitude]);
    const distance = Math.hypot(place.x - x, place.y - y);
    // Of two at one place, the one that is drawn last is seen.
    if (distance > least || !accepts(point.id)) continue;
    nearest = point;
    least = distance;
  }
  return nearest;
}
