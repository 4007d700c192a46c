import { expect, test } from "vitest";
import { pointFeatures } from "./layers";
import type { MapPoint } from "./map";

function point(id: string, tone: MapPoint["tone"], shape?: MapPoint["shape"]): MapPoint {
  return { id, tone, label: id, latitude: 52, longitude: Number(id), ...(shape === undefined ? {} : { shape }) };
}

test("neighbours that look the same are one feature, in the order of the list", () => {
  const { features } = pointFeatures([
    point("1", "good"),
    point("2", "good"),
    point("3", "info", "ring"),
    point("4", "good"),
  ]);
  expect(features.map(({ geometry }) => geometry)).toEqual([
    {
      type: "MultiPoint",
      coordinates: [
        [1, 52],
        [2, 52],
      ],
    },
    { type: "MultiPoint", coordinates: [[3, 52]] },
    { type: "MultiPoint", coordinates: [[4, 52]] },
  ]);
  expect(features[1]?.properties).toMatchObject({ fill: "#ffffff", width: 3 });
});
