import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import { READ_LINES, SHORT } from "./permissions";
import type { AssignmentDetail, AssignmentLine, Short } from "./queries";
import ShortsPage from "./shorts-page";

const AT = "2026-03-14T09:27:01Z";
const CLOSED = { missing: 3, reason: "The bin is empty", user_id: "user-2", user_name: "Julia Maas", at: AT };
const SHORT_LINE: Short = {
  ...CLOSED,
  assignment_id: "PA-1",
  customer: "Café Het Anker",
  order_label: "SO-1",
  zone: "Ambient",
  line_number: 1,
  sku: "BISC-ALM",
  location: "A-01-03",
  quantity: 12,
  picked: 9,
};
const LINES: AssignmentLine[] = [
  { line_number: 1, sku: "BISC-ALM", location: "A-01-03", quantity: 12, picked: 9, barcodes: [], short: CLOSED },
  { line_number: 2, sku: "TEA", location: "A-02-01", quantity: 5, picked: 1, barcodes: [], uom: "kg" },
];
const DETAIL: AssignmentDetail = {
  assignment_id: "PA-1",
  status: "active",
  customer: "Café Het Anker",
  order_label: "SO-1",
  role: "picker",
  zone: "Ambient",
  route: "",
  priority: 10,
  qty: 17,
  picked_qty: 10,
  progress_pct: 58,
  locations: 2,
  holders: [],
  created_at: AT,
  updated_at: AT,
  version: 4,
  shared: false,
  wraps: 0,
  delays: 0,
  breaks: 0,
  pickers: [],
  log: [],
};
const ANSWERS = {
  "GET /v1/picking/shorts": () => ({ shorts: [SHORT_LINE] }),
  "GET /v1/assignments/PA-1": () => DETAIL,
  "GET /assignments/PA-1/lines": () => ({ lines: LINES }),
};

test("a short line is listed with what is missing and why, and opens its assignment", async () => {
  stubApi(ANSWERS);
  show(<ShortsPage />, { me: personWith(READ_LINES) });
  const row = await screen.findByRole("row", { name: /SO-1/ });
  expect(row.textContent).toContain("3 of 12");
  expect(row.textContent).toContain("The bin is empty");
  await userEvent.click(row);
  const lines = await screen.findByRole("table", { name: "Lines" });
  expect(within(lines).getByRole("row", { name: /BISC-ALM/ }).textContent).toContain("3 short");
  expect(within(lines).getByRole("row", { name: /TEA/ }).textContent).toContain("1 / 5 kg");
  expect(within(lines).queryByRole("button")).toBeNull();
});

test("a line is closed short with a reason, which a refusal keeps", async () => {
  const requests = stubApi({
    ...ANSWERS,
    "POST /assignments/PA-1/lines/2/short": () => refusal(409, "WORKFLOW_VIOLATION", "The line is complete."),
  });
  show(<ShortsPage />, { path: "/?assignment=PA-1", me: personWith(READ_LINES, SHORT) });
  await userEvent.click(await screen.findByRole("button", { name: "Close short: TEA at A-02-01" }));
  expect(screen.queryByRole("button", { name: "Close short: BISC-ALM at A-01-03" })).toBeNull();
  const dialog = await screen.findByRole("dialog", { name: "Close this line short?" });
  expect(dialog.textContent).toContain("4 of TEA at A-02-01 are not picked.");
  await userEvent.type(within(dialog).getByLabelText("Reason"), "Torn bags");
  await userEvent.click(within(dialog).getByRole("button", { name: "Close short" }));
  expect(await within(dialog).findByText("WORKFLOW_VIOLATION")).toBeTruthy();
  expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("Torn bags");
  expect(await requests.find(({ method }) => method === "POST")?.json()).toEqual({ reason: "Torn bags" });
});
