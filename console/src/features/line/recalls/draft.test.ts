import { expect, test } from "vitest";
import { bodyOf, EMPTY } from "./draft";
import { nextCursor } from "./queries";

test("names stand on lines of their own, each once", () => {
  const body = bodyOf({ ...EMPTY, lots: " L-1\n\nL,2\nL-1", serials: "C-1" }, "why");
  expect(body).toEqual({ reason: "why", lots: ["L-1", "L,2"], serials: ["C-1"] });
  expect(bodyOf({ ...EMPTY, lots: " \n" }, "why")).toBeNull();
});

test("a period ends with the minute that was chosen", () => {
  const body = bodyOf({ ...EMPTY, lots: "L", from: "2026-03-01T10:00", to: "2026-03-01T10:00" }, "why");
  expect(Date.parse(body?.to ?? "") - Date.parse(body?.from ?? "")).toBe(59_999);
});

test("the next page of a file is that of its link", () => {
  expect(nextCursor('<units?limit=2&cursor=ab%3Dc>; rel="next"')).toBe("ab=c");
  expect(nextCursor(null)).toBeUndefined();
});
