import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import BoardPage from "./board-page";
import { MANAGE } from "./permissions";
import type { Assignment, AssignmentDetail } from "./queries";

const QUEUED: Assignment = {
  assignment_id: "PA-1",
  status: "queued",
  customer: "Café Het Anker",
  order_label: "SO-1",
  role: "picker",
  zone: "Ambient",
  route: "North 3",
  priority: 10,
  qty: 12,
  picked_qty: 0,
  progress_pct: 0,
  locations: 2,
  holders: [],
  created_at: "2026-03-14T09:26:53Z",
  updated_at: "2026-03-14T09:27:01Z",
};
const ACTIVE: Assignment = {
  ...QUEUED,
  assignment_id: "PA-2",
  order_label: "SO-2",
  status: "active",
  zone: "Chilled",
  picked_qty: 3,
  holders: ["user-2"],
};
const JULIA = { user_id: "user-2", name: "Julia Maas", holds: true, units: 3, worked_seconds: 90 };
const DETAIL: AssignmentDetail = {
  ...QUEUED,
  version: 1,
  shared: false,
  wraps: 0,
  delays: 0,
  breaks: 0,
  pickers: [],
  log: [],
};

const ANSWERS = {
  "GET /v1/picking/zones": () => ({
    zones: [
      { zone: "", queued: 1, active: 0 },
      { zone: "Ambient", queued: 1200, active: 0 },
      { zone: "Chilled", queued: 0, active: 1 },
      { zone: "Frozen", queued: 0, active: 0 },
    ],
  }),
  "GET /v1/picking/queue": () => ({ assignments: [QUEUED] }),
  "GET /v1/assignments": () => ({ assignments: [ACTIVE] }),
  "GET /v1/assignments/PA-1": () => DETAIL,
  "GET /v1/assignments/PA-2": () => ({ ...DETAIL, ...ACTIVE, pickers: [JULIA] }),
  "GET /v1/picking/pickers": () => ({
    pickers: [
      { user_id: "user-2", name: "Julia Maas", role_name: "Picker", assignment_ids: ["PA-2"] },
      { user_id: "user-3", name: "Finn de Boer", role_name: "Picker", assignment_ids: [] },
    ],
  }),
};

function asManager(path: string) {
  return show(<BoardPage />, { path, me: personWith(MANAGE) });
}

test("the board shows what waits and what is picked, with zones and holders", async () => {
  stubApi(ANSWERS);
  show(<BoardPage />);
  const waiting = await screen.findByRole("grid", { name: "Queued" });
  expect((await within(waiting).findByRole("row")).textContent).toContain("SO-1Café Het Anker0 / 12Ambient · North 3");
  const active = screen.getByRole("grid", { name: "Being picked" });
  expect((await within(active).findByText(/Julia Maas · Chilled/)).textContent).toBeTruthy();
  const zones = within(screen.getByRole("group", { name: "Zones" }));
  const names = (await zones.findAllByRole("button")).map((button) => button.textContent);
  expect(names).toEqual([
    "All zones1,201 queued1 picking",
    "Ambient1,200 queued0 picking",
    "Chilled0 queued1 picking",
    "Without a zone1 queued0 picking",
  ]);
});

test("a zone is chosen and stands in the address", async () => {
  const requests = stubApi(ANSWERS);
  const { router } = show(<BoardPage />);
  await userEvent.click(await screen.findByRole("button", { name: /Ambient/ }));
  expect(router.state.location.search).toBe("?zone=Ambient");
  expect(screen.getByRole("button", { name: /Ambient/ }).getAttribute("aria-pressed")).toBe("true");
  const queries = requests.map(({ url }) => new URL(url)).filter(({ searchParams }) => searchParams.has("zone"));
  expect(new Set(queries.map(({ pathname }) => pathname))).toEqual(
    new Set(["/api/v1/picking/queue", "/api/v1/assignments"]),
  );
});

test("an assignment is given to a person, and a refusal keeps the choice", async () => {
  const requests = stubApi({
    ...ANSWERS,
    "POST /v1/assignments/PA-1/assign": () =>
      Response.json(
        { success: false, error: { code: "PICKER_BUSY", message: "Busy.", details: { assignment_id: "PA-9" } } },
        { status: 409 },
      ),
  });
  asManager("/?assignment=PA-1");
  await userEvent.click(await screen.findByRole("button", { name: "Assign" }));
  const dialog = await screen.findByRole("dialog", { name: "Who shall pick this assignment?" });
  const busy = await within(dialog).findByRole("radio", { name: /Julia Maas/ });
  expect(busy.hasAttribute("disabled")).toBe(true);
  await userEvent.click(within(dialog).getByRole("button", { name: "Assign" }));
  expect(within(dialog).getByText("Choose who shall pick it.")).toBeTruthy();
  await userEvent.click(within(dialog).getByRole("radio", { name: /Finn de Boer/ }));
  await userEvent.click(within(dialog).getByRole("button", { name: "Assign" }));
  expect(await within(dialog).findByText(/Finn de Boer has taken another assignment meanwhile \(PA-9\)/)).toBeTruthy();
  expect(
    within(dialog)
      .getByRole("radio", { name: /Finn de Boer/ })
      .getAttribute("aria-checked"),
  ).toBe("true");
  const sent = requests.find(({ method }) => method === "POST");
  expect(await sent?.json()).toEqual({ user_id: "user-3" });
});

test("a priority is a whole number up to 9999, and a refusal keeps it", async () => {
  const requests = stubApi({
    ...ANSWERS,
    "PATCH /v1/assignments/PA-1": () =>
      refusal(409, "WORKFLOW_VIOLATION", "Cannot update an assignment in state closed."),
  });
  asManager("/?assignment=PA-1");
  await userEvent.click(await screen.findByRole("button", { name: "Change priority" }));
  const dialog = await screen.findByRole("dialog", { name: "Change the priority" });
  const input = within(dialog).getByLabelText<HTMLInputElement>(/Priority/);
  expect(input.value).toBe("10");
  await userEvent.clear(input);
  await userEvent.click(within(dialog).getByRole("button", { name: "Change" }));
  expect(within(dialog).getByText("Type a whole number from 0 to 9999.")).toBeTruthy();
  await userEvent.type(input, "0");
  await userEvent.click(within(dialog).getByRole("button", { name: "Change" }));
  expect(await within(dialog).findByText("WORKFLOW_VIOLATION")).toBeTruthy();
  expect(input.value).toBe("0");
  expect(await requests.find(({ method }) => method === "PATCH")?.json()).toEqual({ priority: 0 });
});

test("who may only look has no steps", async () => {
  stubApi(ANSWERS);
  show(<BoardPage />, { path: "/?assignment=PA-1" });
  await screen.findByText("Nobody has worked on it yet.");
  expect(screen.queryByRole("button", { name: "Assign" })).toBeNull();
  expect(screen.queryByLabelText("Picker")).toBeNull();
});
