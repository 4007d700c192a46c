import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import PerformancePage from "./performance-page";
import { READ_PERFORMANCE } from "./permissions";
import type { Performance, PerformanceRow } from "./queries";

const supervisor = personWith(READ_PERFORMANCE);
const NONE = { units: 0, hours_worked: 0, rate: null, score_pct: null, scans_without_line: 0 };
const ANNA = { units: 412, hours_worked: 3.5, rate: 117.7, score_pct: 98.1, scans_without_line: 2 };

function report(by: Performance["by"], rows: PerformanceRow[]): Performance {
  const total = rows.length === 0 ? NONE : ANNA;
  return { from: "2026-03-08", to: "2026-03-14", by, timezone: "Europe/Amsterdam", rows, total };
}

test("people are shown with units, hours, rate and score", async () => {
  const people = [
    { ...ANNA, user_id: "user-1", user_name: "Anna Visser" },
    { ...NONE, user_id: "user-2", scans_without_line: 1 },
  ];
  stubApi({ "GET /v1/picking/performance": () => Response.json(report("person", people)) });
  show(<PerformancePage />, { me: supervisor });
  const row = await screen.findByRole("row", { name: /Anna Visser/ });
  for (const text of ["412", "3.5 h", "117.7 / h", "98.1 %"]) within(row).getByText(text);
  within(screen.getByRole("row", { name: /user-2/ })).getByText("0 h");
  screen.getByText("2026-03-08 to 2026-03-14, days in Europe/Amsterdam");
});

test("zones and days are asked for, and stand in the address", async () => {
  const asked: string[] = [];
  stubApi({
    "GET /v1/picking/performance": (request) => {
      const url = new URL(request.url);
      asked.push(url.search);
      return Response.json(report("zone", [{ ...ANNA, zone: "" }]));
    },
  });
  show(<PerformancePage />, { me: supervisor, path: "/?by=zone&from=2026-03-01&to=2026-03-14" });
  await screen.findByRole("row", { name: /No zone/ });
  expect(asked).toEqual(["?by=zone&from=2026-03-01&to=2026-03-14"]);
});

test("a period that the server refuses says why", async () => {
  const fields = { from: "must be at most 91 days before to" };
  const refused = () => refusal(422, "VALIDATION_ERROR", "The request contains invalid fields.", fields);
  stubApi({ "GET /v1/picking/performance": refused });
  show(<PerformancePage />, { me: supervisor });
  await screen.findAllByText(/at most 91 days/);
  expect(screen.getByLabelText("From").getAttribute("aria-invalid")).toBe("true");
});

test("nothing picked is said in words", async () => {
  stubApi({ "GET /v1/picking/performance": () => Response.json(report("person", [])) });
  show(<PerformancePage />, { me: supervisor });
  await screen.findByText("Nothing was picked");
});

test("the table can be saved as CSV", async () => {
  const accepted: (string | null)[] = [];
  stubApi({
    "GET /v1/picking/performance": (request) => {
      accepted.push(request.headers.get("Accept"));
      return Response.json(report("person", []));
    },
  });
  show(<PerformancePage />, { me: supervisor });
  await screen.findByText("Nothing was picked");
  await userEvent.click(screen.getByRole("button", { name: "Save as CSV" }));
  await expect.poll(() => accepted.at(-1)).toBe("text/csv");
});
