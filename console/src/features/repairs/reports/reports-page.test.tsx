import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../../tests/support/render";
import { READ_REPORTS } from "../permissions";
import type { Report, ReportRow } from "./queries";
import ReportsPage from "./reports-page";

const manager = personWith(READ_REPORTS);
const NONE = {
  opened: 0,
  done: 0,
  overdue: 0,
  meanTimeToRepairHours: null,
  meanTimeBetweenFailuresHours: null,
  labourMinutes: 0,
  partsQuantity: 0,
  partsCosts: [],
};
const SOME = {
  ...NONE,
  opened: 6,
  done: 5,
  overdue: 2,
  meanTimeToRepairHours: 2.75,
  labourMinutes: 825,
  partsCosts: [{ amount: 184.5, currency: "EUR" }],
};

function report(by: Report["by"], rows: ReportRow[]): Report {
  const total = rows.length === 0 ? NONE : SOME;
  return { from: "2026-03-01", to: "2026-03-30", by, timezone: "Europe/Amsterdam", rows, total };
}

test("rides are shown with what was done, the time to repair and labour", async () => {
  const rides = [
    { ...SOME, rideCode: "RC-07", rideName: "Roller coaster" },
    { ...NONE, opened: 1, rideCode: "RC-08" },
  ];
  stubApi({ "GET /v1/reports/work-orders": () => Response.json(report("ride", rides)) });
  show(<ReportsPage />, { me: manager });
  const row = await screen.findByRole("row", { name: /Roller coaster/ });
  for (const text of ["6", "5", "2", "2.75 h", "13.8 h", "184.50 EUR"]) within(row).getByText(text);
  screen.getByRole("row", { name: /RC-08/ });
  screen.getByText("2026-03-01 to 2026-03-30, days in Europe/Amsterdam");
});

test("where no repair was finished, no chart of the time to repair is drawn", async () => {
  const rides = [{ ...NONE, opened: 1, rideCode: "RC-08" }];
  stubApi({ "GET /v1/reports/work-orders": () => Response.json({ ...report("ride", rides), total: NONE }) });
  show(<ReportsPage />, { me: manager });
  await screen.findByText("No repair was finished in these days.");
});

test("technicians are asked for, and what belongs to none is named", async () => {
  const asked: string[] = [];
  stubApi({
    "GET /v1/reports/work-orders": (request) => {
      asked.push(new URL(request.url).search);
      return Response.json(report("technician", [{ ...SOME, technicianId: "" }]));
    },
  });
  show(<ReportsPage />, { me: manager, path: "/?by=technician&from=2026-03-01&to=2026-03-30" });
  await screen.findByRole("row", { name: /No technician/ });
  expect(asked).toEqual(["?by=technician&from=2026-03-01&to=2026-03-30"]);
  expect(within(screen.getByRole("grid")).queryByText("Between failures")).toBeNull();
});

test("a period that the server refuses says why", async () => {
  const fields = { from: "must be at most 365 days before to" };
  const refused = () => refusal(422, "VALIDATION_ERROR", "The request contains invalid fields.", fields);
  stubApi({ "GET /v1/reports/work-orders": refused });
  show(<ReportsPage />, { me: manager });
  await screen.findAllByText(/at most 365 days/);
  expect(screen.getByLabelText("From").getAttribute("aria-invalid")).toBe("true");
});

test("a period without work orders is said in words, and can be saved as CSV", async () => {
  const accepted: (string | null)[] = [];
  stubApi({
    "GET /v1/reports/work-orders": (request) => {
      accepted.push(request.headers.get("Accept"));
      return Response.json(report("ride", []));
    },
  });
  show(<ReportsPage />, { me: manager });
  await screen.findByText("No work orders");
  await userEvent.click(screen.getByRole("button", { name: "Save as CSV" }));
  await expect.poll(() => accepted.at(-1)).toBe("text/csv");
});
