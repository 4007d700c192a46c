import { expect, test } from "vitest";
import { grouped, groupTitle, linkOf, valueText } from "./values";

test("texts, quantities and ranges are said with their units", () => {
  expect(valueText({ text: "LFP" })).toBe("LFP");
  expect(valueText({ value: 156.25, unit: "Ah" })).toBe("156.25 Ah");
  expect(valueText({ value: 0, unit: "%" })).toBe("0 %");
  expect(valueText({ min: "-20.50", max: "60", unit: "°C" })).toBe("-20.50 to 60 °C");
});

test("attributes stay in their order within their groups", () => {
  const entries = [
    { group: "b", name: "1" },
    { group: "a", name: "2" },
    { group: "b", name: "3" },
  ];
  expect(grouped(entries)).toEqual([
    ["b", [entries[0], entries[2]]],
    ["a", [entries[1]]],
  ]);
});

test("a group of a newer server has its own name", () => {
  expect([groupTitle("materials"), groupTitle("use")]).toEqual(["Materials", "use"]);
});

test("only https addresses are links", () => {
  expect(linkOf({ text: "https://volta.example/a" })).toBe("https://volta.example/a");
  for (const text of ["javascript:alert(1)", "http://volta.example", "see https://volta.example"])
    expect(linkOf({ text })).toBeNull();
  expect(linkOf({ value: 1, unit: "V" })).toBeNull();
});
