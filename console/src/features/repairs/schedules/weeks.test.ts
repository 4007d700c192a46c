import { expect, test } from "vitest";
import { presetOf, ruleOf, ruleText } from "./rules";
import { daysOf, longDate, shortDate, weekdayOf } from "./weeks";

test("a calendar begins with the Monday of the present week", () => {
  for (const day of [2, 5, 8]) {
    const days = daysOf(new Date(2026, 2, day, 23, 59), 0);
    expect([days[0], days.at(-1), days.length]).toEqual(["2026-03-02", "2026-04-05", 35]);
  }
  expect(daysOf(new Date(2026, 2, 9), 1)[0]).toBe("2026-04-13");
});

test("every day is in a calendar once, also when the clocks change", () => {
  const days = daysOf(new Date(2026, 9, 20), 0);
  expect(new Set(days).size).toBe(35);
  expect(days.map(weekdayOf).filter((name) => name === "Mon")).toHaveLength(5);
});

test("days are written for people", () => {
  expect([shortDate("2026-03-02"), longDate("2026-03-02")]).toEqual(["2 Mar", "Monday 2 March"]);
});

test("a usual rule has a name and another one is shown as it is", () => {
  expect(ruleText("FREQ=MONTHLY;BYDAY=1MO")).toBe("First Monday of the month");
  expect(ruleText("FREQ=WEEKLY;BYDAY=MO")).toBe("Every week on Monday");
  expect(ruleText("FREQ=WEEKLY;BYDAY=MO,WE,FR")).toBe("Every week on Monday, Wednesday and Friday");
  expect(ruleText("FREQ=DAILY;COUNT=3")).toBe("FREQ=DAILY;COUNT=3");
  expect(presetOf(" freq=daily ")).toBe("daily");
  expect([ruleOf("weekly", "x"), ruleOf("own", "x")]).toEqual(["FREQ=WEEKLY", "x"]);
});
