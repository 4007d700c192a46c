import { expect, test } from "vitest";
import { compareDecimals, distanceOf, hasTooManyPlaces, parseTyped } from "./decimals";
import { exactJson, exactOf } from "./exact";
import { judge, placeOf, rangeOf } from "./limits";

test.each([
  ["26.4", "26.4"],
  [" 26,40 ", "26.40"],
  ["-0.5", "-0.5"],
  [".5", "0.5"],
  ["+007", "7"],
  ["", null],
  ["-", null],
  ["1.2.3", null],
  ["1e3", null],
  ["12 V", null],
])("%j is read as %j", (typed, value) => {
  expect(parseTyped(typed)).toBe(value);
});

test("decimals are compared beyond the precision of numbers", () => {
  expect(compareDecimals("12345678901234567890.000001", "12345678901234567890.000002")).toBeLessThan(0);
  expect(compareDecimals("8.40", "8.4")).toBe(0);
  expect(compareDecimals("1E+2", "99.9")).toBeGreaterThan(0);
  expect(distanceOf("0.3", "0.1")).toBe("0.2");
  expect(distanceOf("10", "10")).toBe("0");
  expect(distanceOf("100", "0")).toBe("100");
  expect(hasTooManyPlaces("1.1234567")).toBe(true);
  expect(hasTooManyPlaces("1.1234560")).toBe(false);
});

test("both bounds of a limit pass", () => {
  const limit = { min: "7.2", max: "8.4", unit: "V" };
  expect(judge("8.40", limit)).toEqual({ kind: "within" });
  expect(judge("8.400001", limit)).toEqual({ kind: "above", by: "0.000001", bound: "8.4" });
  expect(judge("7", limit)).toEqual({ kind: "below", by: "0.2", bound: "7.2" });
  expect(judge(undefined, limit)).toEqual({ kind: "missing" });
  expect(judge("7", undefined)).toEqual({ kind: "unlimited" });
});

test.each([
  { min: "7.2", max: "8.4", unit: "V" },
  { max: "12", unit: "mOhm" },
  { min: "0", unit: "V" },
  { min: "-5", max: "-5", unit: "V" },
])("the bounds of %j are on the bar", (limit) => {
  const range = rangeOf(limit);
  for (const bound of [limit.min, limit.max]) {
    if (bound === undefined) continue;
    expect(placeOf(Number(bound), range)).toBeGreaterThan(0);
    expect(placeOf(Number(bound), range)).toBeLessThan(1);
  }
  expect(placeOf(1e9, range)).toBe(1);
});

test("decimals are read and written digit for digit", async () => {
  const text =
    '{"success":true,"data":{"notes":"\\"value\\": 5","measurements":{"value":{"value": 12.40,"unit":"V"}}}}';
  const body = await exactOf<"get_pack">(Promise.resolve({ data: text }));
  expect(body.data).toEqual({ notes: '"value": 5', measurements: { value: { value: "12.40", unit: "V" } } });
  expect(exactJson(body.data)).toBe('{"notes":"\\"value\\": 5","measurements":{"value":{"value":12.40,"unit":"V"}}}');
});
