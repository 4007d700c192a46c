import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import AssignmentsPage from "./assignments-page";
import { CLOSE, RELEASE } from "./permissions";
import type { Assignment, AssignmentDetail } from "./queries";
import QueuePage from "./queue-page";

const ASSIGNMENT: Assignment = {
  assignment_id: "PA-1",
  status: "active",
  customer: "Café Het Anker",
  order_label: "SO-1",
  role: "picker",
  zone: "Ambient",
  route: "",
  priority: 10,
  qty: 12,
  picked_qty: 3,
  progress_pct: 25,
  locations: 2,
  holders: ["user-2"],
  created_at: "2026-03-14T09:26:53Z",
  updated_at: "2026-03-14T09:27:01Z",
};

const DETAIL: AssignmentDetail = {
  ...ASSIGNMENT,
  version: 4,
  shared: false,
  wraps: 0,
  delays: 0,
  breaks: 1,
  pickers: [
    { user_id: "user-2", name: "Julia Maas", holds: true, units: 3, worked_seconds: 90, rate: 120, score_pct: 98.5 },
    { user_id: "user-3", name: "Finn de Boer", holds: false, units: 0, worked_seconds: 0 },
  ],
  log: [{ message: "No line has the code 1", at: "2026-03-14T09:27:01Z", level: "warning" }],
};

const ANSWERS = {
  "GET /v1/assignments": () => ({ assignments: [ASSIGNMENT] }),
  "GET /v1/assignments/PA-1": () => DETAIL,
};

test("an assignment is listed with its progress and the names of its pickers", async () => {
  stubApi(ANSWERS);
  show(<AssignmentsPage />);
  const row = await screen.findByRole("row", { name: /SO-1/ });
  expect(row.textContent).toContain("3 / 12");
  expect(await within(row).findByText("Julia Maas")).toBeTruthy();
});

test("the detail shows rates, scores and the log", async () => {
  stubApi(ANSWERS);
  show(<AssignmentsPage />, { path: "/?assignment=PA-1" });
  expect((await screen.findByRole("row", { name: /Julia Maas/ })).textContent).toContain("120 / h98.5 %");
  expect(screen.getByRole("row", { name: /Finn de Boer/ }).textContent).toContain("No longer on it");
  expect(screen.getByText("No line has the code 1")).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Close early" })).toBeNull();
});

test("a refused close keeps the reason and says why", async () => {
  const requests = stubApi({
    ...ANSWERS,
    "POST /assignments/PA-1/close": () => refusal(409, "WORKFLOW_VIOLATION", "Cannot close an assignment now."),
  });
  show(<AssignmentsPage />, { path: "/?assignment=PA-1", me: personWith(CLOSE, RELEASE) });
  await userEvent.click(await screen.findByRole("button", { name: "Close early" }));
  const dialog = await screen.findByRole("dialog", { name: "Close this assignment early?" });
  await userEvent.type(within(dialog).getByLabelText("Reason"), "Canceled");
  await userEvent.click(within(dialog).getByRole("button", { name: "Close early" }));
  expect(await within(dialog).findByText("WORKFLOW_VIOLATION")).toBeTruthy();
  expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("Canceled");
  const sent = requests.find(({ method }) => method === "POST");
  expect(await sent?.json()).toEqual({ reason: "Canceled" });
  expect(sent?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("each queue is listed as the API orders it, with its own assignments", async () => {
  const queued = { ...ASSIGNMENT, status: "queued" as const, holders: [], picked_qty: 0 };
  const of = (id: string, role: Assignment["role"] = "picker") => ({
    ...queued,
    assignment_id: id,
    order_label: id,
    role,
  });
  const queues: Readonly<Record<string, readonly Assignment[]>> = {
    picker: [of("first"), of("second"), of("third")],
    operative: [of("bulk", "operative")],
  };
  stubApi({
    "GET /v1/picking/queue": (request) => ({
      assignments: queues[new URL(request.url).searchParams.get("role") ?? ""],
    }),
  });
  show(<QueuePage />);
  const grid = await screen.findByRole("grid", { name: "Pickers" });
  await within(grid).findByRole("row", { name: /first/ });
  const rows = within(grid).getAllByRole("row");
  expect(rows.map((row) => /first|second|third/.exec(row.textContent ?? "")?.[0])).toEqual([
    "first",
    "second",
    "third",
  ]);
  const bulk = screen.getByRole("grid", { name: "Operatives" });
  expect(await within(bulk).findByRole("row", { name: /bulk/ })).toBeTruthy();
});
