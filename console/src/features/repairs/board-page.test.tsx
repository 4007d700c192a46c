import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import BoardPage from "./board-page";
import { ASSIGN, LIST, OUTSOURCE, READ_TECHNICIANS } from "./permissions";
import type { WorkOrder, WorkOrderDetail } from "./queries";

const HOUR = 3_600_000;
const LEAD = personWith(LIST, ASSIGN, OUTSOURCE, READ_TECHNICIANS);

function order(id: string, dueInHours: number, changes: Partial<WorkOrder> = {}): WorkOrder {
  return {
    id,
    code: `WO-CL-1-${id}`,
    state: "ROUTED",
    version: 1,
    priority: "HIGH",
    gameZone: "North",
    ride: "River Rapids",
    rideCode: "RC-07",
    sourceChecklist: { id: "CL-1", name: "Opening inspection" },
    aItemText: `Item ${id}`,
    issuePhotoCount: 0,
    sla: { dueAt: new Date(Date.now() + dueInHours * HOUR).toISOString(), ageHrs: 1, overdue: dueInHours < 0 },
    technician: null,
    technicianId: null,
    assignedBy: null,
    assignedById: null,
    vendor: null,
    hold: null,
    closedAt: null,
    ...changes,
  };
}

const MEES = {
  id: "tech-1",
  name: "Mees van Dijk",
  gameZone: "North",
  team: null,
  skills: ["electrics"],
  openOrders: 2,
};
const ZOE = { id: "tech-2", name: "Zoe Brouwer", gameZone: "North", team: null, skills: [], openOrders: 0 };
const OPEN = [
  order("1", -3, { priority: "CRITICAL" }),
  order("2", 1),
  order("3", 30, { state: "ASSIGNED", technician: MEES.name, technicianId: MEES.id }),
];

function detail(summary: WorkOrder, changes: Partial<WorkOrderDetail> = {}): WorkOrderDetail {
  const { aItemText, issuePhotoCount, hold, ...shared } = summary;
  return {
    ...shared,
    aItem: { id: "A-1", text: aItemText, note: null },
    issuePhotos: [],
    photos: [],
    instructions: null,
    routedBy: "Eva Schouten",
    routedById: "ops-1",
    returnedBy: null,
    returnReason: null,
    vendor: null,
    vendorNote: null,
    vendorCost: null,
    vendorCurrency: null,
    cancelReason: null,
    holds: [],
    fixNote: null,
    createdAt: "2026-03-14T09:26:53Z",
    assignedAt: null,
    startedAt: null,
    returnHistory: [],
    timeline: [],
    labour: { totalMinutes: 0, workedMinutes: 0, addedMinutes: 0, entries: [] },
    parts: { costs: [], entries: [] },
    commentCount: 0,
    comments: [],
    ...changes,
  };
}

const ANSWERS = {
  "GET /v1/work-orders": (request: Request) =>
    request.url.includes("state=done")
      ? {
          workOrders: [
            order("8", 5, { state: "DONE", closedAt: new Date().toISOString() }),
            order("9", -90, { state: "DONE", closedAt: new Date(Date.now() - 80 * HOUR).toISOString() }),
          ],
          nextCursor: null,
        }
      : { workOrders: OPEN, nextCursor: null },
  "GET /v1/technicians": () => ({ technicians: [MEES, ZOE], nextCursor: null }),
};

test("orders stand in the column of their state, with what is late and what was done today", async () => {
  stubApi(ANSWERS);
  show(<BoardPage />, { me: LEAD });
  const routed = await screen.findByRole("region", { name: "To assign, 2" });
  expect(within(routed).getByText("3 h overdue")).toBeTruthy();
  expect(within(routed).getByText(/^Due soon/)).toBeTruthy();
  expect(screen.getByRole("region", { name: "Assigned, 1" }).textContent).toContain("Mees van Dijk");
  const done = await screen.findByRole("region", { name: "Done today, 1" });
  expect(done.textContent).toContain("Item 8");
});

test("filters stand in the address, and only the zone is sent", async () => {
  const requests = stubApi(ANSWERS);
  show(<BoardPage />, { path: "/?zone=North&priority=CRITICAL", me: LEAD });
  await screen.findByRole("region", { name: "To assign, 1" });
  expect(screen.queryByText("Item 2")).toBeNull();
  const sent = requests.find(({ url }) => new URL(url).pathname === "/api/v1/work-orders");
  expect(new URL(sent?.url ?? "").searchParams.get("zone")).toBe("North");
});

test("the key A assigns in the version that was seen, and a conflict keeps the choice and shows the other change", async () => {
  const routed = OPEN[1] as WorkOrder;
  let present = detail(routed);
  const versions: (string | null)[] = [];
  stubApi({
    ...ANSWERS,
    "GET /v1/work-orders/2": () => present,
    "PATCH /v1/work-orders/2/assign": (request) => {
      versions.push(request.headers.get("If-Match"));
      if (versions.length > 1) return { state: "ASSIGNED", version: 3, technician: MEES.name, technicianId: MEES.id };
      const entry = { actor: "Ada Smit", actorId: "a", role: "MAINT_TL", at: "2026-03-14T10:00:00Z", note: null };
      const now = { state: "ASSIGNED", technician: ZOE.name, technicianId: ZOE.id } as const;
      present = detail({ ...routed, ...now, version: 2 }, { timeline: [{ ...entry, ...now, action: "ASSIGNED" }] });
      return refusal(409, "VERSION_CONFLICT", "The resource has changed.");
    },
  });
  show(<BoardPage />, { me: LEAD });
  (await screen.findByRole("button", { name: "WO-CL-1-2: Item 2" })).focus();
  await userEvent.keyboard("a");
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(await within(dialog).findByRole("radio", { name: /Mees van Dijk/ }));
  await userEvent.click(within(dialog).getByRole("button", { name: "Assign" }));
  expect(await within(dialog).findByText("Assigned: Zoe Brouwer", { exact: false })).toBeTruthy();
  expect(
    within(dialog)
      .getByRole("radio", { name: /Mees van Dijk/ })
      .getAttribute("aria-checked"),
  ).toBe("true");
  await userEvent.click(within(dialog).getByRole("button", { name: "Assign anyway" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(versions).toEqual(['"1"', '"2"']);
});

test("who may only list has no actions", async () => {
  stubApi(ANSWERS);
  show(<BoardPage />, { me: personWith(LIST) });
  await screen.findByRole("region", { name: "To assign, 2" });
  expect(screen.queryByRole("button", { name: /^Actions for/ })).toBeNull();
  expect(screen.queryByRole("link", { name: "New work order" })).toBeNull();
});
