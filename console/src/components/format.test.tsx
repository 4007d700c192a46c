import { expect, test } from "vitest";
import { catalogue } from "~/texts";
import { withoutUnused } from "../../scripts/unused-css";
import { deviceName } from "../features/account/devices";
import { changesOf } from "./json-diff";
import { readable } from "./status-badge";
import { formatDuration, formatRelative, parseTime } from "./time";

const NOW = new Date("2026-03-14T12:00:00Z");

test.each([
  ["2026-03-14T11:59:30Z", "30s ago"],
  ["2026-03-14T11:55:00Z", "5m ago"],
  ["2026-03-14T14:00:00Z", "in 2h"],
  ["2026-03-12T12:00:00Z", "2d ago"],
])("%s is shown as %s", (time, shown) => {
  expect(formatRelative(new Date(time), NOW).replace("min", "m").replace("hr", "h").replace("day", "d")).toBe(shown);
});

test("a duration is shown by its two largest parts", () => {
  expect([45, 90, 3600, 4800, 90_000].map(formatDuration)).toEqual([
    "45 s",
    "1 min 30 s",
    "1 h",
    "1 h 20 min",
    "1 d 1 h",
  ]);
});

test("what is no time is none", () => {
  expect([parseTime(null), parseTime(undefined), parseTime("soon")]).toEqual([null, null, null]);
});

test("a change is compared field by field, and what stayed the same is left out", () => {
  const diff = {
    status: ["a", "b"],
    same: [1, 1],
    address: [
      { city: "x", zip: 1 },
      { city: "y", zip: 1 },
    ],
    made: [null, {}],
  };
  expect(changesOf(diff)).toEqual([
    { path: "status", before: "a", after: "b" },
    { path: "address.city", before: "x", after: "y" },
    { path: "made", before: null, after: {} },
  ]);
});

test("names of states read as words", () => {
  expect(readable("PICKED_UP")).toBe("Picked up");
});

test("a device is named by its browser and system", () => {
  expect(deviceName("Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36")).toBe("Chrome on Linux");
  expect(deviceName("python-requests/2.32")).toBe("python-requests");
  expect(deviceName(null)).toBeNull();
});

test("styles that no script uses are left out, with the rules around them", () => {
  const css = "@layer m{.m_1{a:b}.m_2,.m_1{c:d}@media print{.m_2{e:f}}:root{g:h}}";
  expect(withoutUnused(css, new Set(["m_1"])).replace(/\s/g, "")).toBe("@layerm{.m_1{a:b}.m_1{c:d}:root{g:h}}");
});

test("no text of the catalogue is empty", () => {
  const texts = (value: unknown): unknown[] =>
    typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [value];
  for (const text of texts(catalogue))
    expect(typeof text === "function" || (typeof text === "string" && text !== "")).toBe(true);
});
