import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import NewOrderPage from "./new-order-page";
import { CREATE, LIST } from "./permissions";

const CHECKLIST = {
  checklistRef: "CL-1",
  name: "Opening inspection",
  status: "OPEN",
  version: 1,
  ride: "River Rapids",
  rideCode: "RC-07",
  gameZone: "North",
  items: [{ itemRef: "A-1", text: "Lap bars lock", note: null }],
  openCount: 0,
  openWorkOrders: [],
};

test("a link names the checklist, and a refusal keeps what was typed", async () => {
  stubApi({
    "GET /v1/checklists/CL-1": () => CHECKLIST,
    "POST /v1/work-orders": () => refusal(409, "CONFLICT", "Too many work orders."),
  });
  const { router } = show(<NewOrderPage />, { path: "/?checklist=CL-1", me: personWith(CREATE, LIST) });
  await userEvent.click(await screen.findByRole("radio", { name: /Lap bars lock/ }));
  expect(router.state.location.search).toBe("");
  await userEvent.type(screen.getByLabelText("Instructions"), "Row 2.");
  await userEvent.click(screen.getByRole("button", { name: "Create work order" }));
  await waitFor(() => expect(screen.getByText("Too many work orders.")).toBeTruthy());
  expect((screen.getByLabelText("Instructions") as HTMLTextAreaElement).value).toBe("Row 2.");
});
