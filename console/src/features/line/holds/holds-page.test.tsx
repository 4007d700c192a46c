import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../../tests/support/render";
import HoldsPage, { heldPath } from "./holds-page";
import { MAY_HOLD } from "./permissions";
import QuarantinePage from "./quarantine-page";

const HOLD = {
  id: "HLD-1",
  kind: "SERIAL",
  value: "C-0001",
  status: "OPEN",
  reason: "Swollen",
  version: 1,
  heldAt: "2026-03-14T09:26:53Z",
  heldBy: "Mara Lindt",
  heldById: "u1",
};
const LIST = { success: true, data: [HOLD], meta: { nextCursor: null } };

test("a held serial number is made with a reason, and its refusal stays in the dialog", async () => {
  const requests = stubApi({
    "GET /v1/holds": () => ({ ...LIST, data: [] }),
    "POST /v1/holds": () => refusal(409, "TOO_MANY_HOLDS", "Too many holds are open."),
  });
  show(<HoldsPage />, { me: personWith(MAY_HOLD.read, MAY_HOLD.create) });
  await screen.findByText("Nothing is on hold");
  await userEvent.click(screen.getByRole("button", { name: "Hold" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText(/Reason/), "Swollen");
  await userEvent.click(within(dialog).getByRole("button", { name: "Hold" }));
  expect(within(dialog).getByText("Type what is to be held.")).toBeTruthy();
  await userEvent.type(within(dialog).getByLabelText("Held value"), "C-0001");
  await userEvent.click(within(dialog).getByRole("button", { name: "Hold" }));
  await within(dialog).findByText(/Too many holds are open/);
  const sent = requests.filter(({ method }) => method === "POST");
  expect(await sent[0]?.clone().json()).toEqual({ kind: "SERIAL", value: "C-0001", reason: "Swollen" });
  expect(within(dialog).getByLabelText<HTMLInputElement>("Held value").value).toBe("C-0001");
});

test("an open hold is released with a reason in the version that was seen", async () => {
  const requests = stubApi({
    "GET /v1/holds": () => LIST,
    "POST /v1/holds/HLD-1/release": () => ({ success: true, data: { ...HOLD, status: "RELEASED" } }),
  });
  show(<HoldsPage />, { me: personWith(MAY_HOLD.read, MAY_HOLD.release) });
  await userEvent.click(await screen.findByRole("button", { name: "Release C-0001" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.type(within(dialog).getByLabelText(/Reason/), "Measured again");
  await userEvent.click(within(dialog).getByRole("button", { name: "Release" }));
  await waitFor(() => expect(requests.some(({ method }) => method === "POST")).toBe(true));
  const sent = requests.find(({ method }) => method === "POST");
  expect(await sent?.clone().json()).toEqual({ reason: "Measured again" });
  expect(sent?.headers.get("If-Match")).toBe('"1"');
});

test("who may only read sees neither button", async () => {
  stubApi({ "GET /v1/holds": () => LIST });
  show(<HoldsPage />, { me: personWith(MAY_HOLD.read) });
  await screen.findByText("C-0001");
  expect(screen.queryByRole("button", { name: "Hold" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Release C-0001" })).toBeNull();
});

test.each([
  ["SERIAL", "C 1", "/trace?serial=C%201"],
  ["LOT", "L-7", "/trace/recall?lot=L-7"],
  ["BATCH", "BAT-1", "/line/batches/BAT-1"],
] as const)("a hold of kind %s leads to what is held", (kind, value, path) => {
  expect(heldPath({ kind, value })).toBe(path);
});

test("the quarantine says that it is empty", async () => {
  const meta = { totalCount: 0, page: 1, pageSize: 50 };
  const requests = stubApi({ "GET /v1/packs": () => ({ success: true, data: [], meta }) });
  show(<QuarantinePage />, { me: personWith("manufacturing.pack.read") });
  await screen.findByText("No pack is in quarantine");
  expect(new URL(requests[0]?.url ?? "").searchParams.get("disposition")).toBe("QUARANTINE");
});
