import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import { REVIEW } from "./permissions";
import type { RejectedEvent } from "./queries";
import RejectedPage from "./rejected-page";
import { eventInWords, reasonInWords } from "./rejected-words";

const ID = "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10";
const EVENT: RejectedEvent = {
  client_event_id: ID,
  status: "open",
  reason: "not_your_assignment",
  user_id: "user-2",
  user_name: "Julia Maas",
  received_at: "2026-03-14T09:40:02Z",
  happened_at: "2026-03-14T09:26:53Z",
  event_type: "scan_received",
  assignment_id: "PA-1",
  raw: "5901234123457",
  acceptable: true,
};
const LIST = "GET /v1/picking/rejected-events";
const me = personWith(REVIEW);

test("rejected events are listed with what they were and why they were refused", async () => {
  const requests = stubApi({ [LIST]: () => ({ events: [EVENT] }) });
  show(<RejectedPage />, { me });
  const row = await screen.findByRole("row", { name: /Scan 5901234123457/ });
  expect(row.textContent).toContain("The sender did not hold the assignment when it happened.");
  expect(row.textContent).toContain("Julia Maas");
  expect(new URL(requests[0]?.url ?? "").searchParams.get("status")).toBe("open");
});

test("an event is accepted without a note, and its details close", async () => {
  const requests = stubApi({
    [LIST]: () => ({ events: [EVENT] }),
    [`POST /v1/picking/rejected-events/${ID}/accept`]: () => ({ ...EVENT, status: "accepted" }),
  });
  const { router } = show(<RejectedPage />, { me, path: `/?event=${ID}` });
  await userEvent.click(await screen.findByRole("button", { name: "Let it count" }));
  const dialog = await screen.findByRole("dialog", { name: "Let this event count?" });
  expect(dialog.textContent).toContain("It counts for Julia Maas");
  await userEvent.click(within(dialog).getByRole("button", { name: "Let it count" }));
  await expect.poll(() => router.state.location.search).toBe("");
  const sent = requests.find(({ method }) => method === "POST");
  expect(await sent?.json()).toEqual({});
  expect(sent?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("a refused dismissal keeps the reason, also when the event leaves the list meanwhile", async () => {
  let events = [EVENT];
  const requests = stubApi({
    [LIST]: () => ({ events }),
    [`POST /v1/picking/rejected-events/${ID}/dismiss`]: () => refusal(409, "WORKFLOW_VIOLATION", "It is accepted."),
  });
  const { client } = show(<RejectedPage />, { me, path: `/?event=${ID}` });
  await userEvent.click(await screen.findByRole("button", { name: "Dismiss" }));
  const dialog = await screen.findByRole("dialog", { name: "Dismiss this event?" });
  await userEvent.type(within(dialog).getByLabelText("Reason"), "Wrong order");
  events = [];
  await client.invalidateQueries();
  await userEvent.click(within(dialog).getByRole("button", { name: "Dismiss" }));
  expect(await within(dialog).findByText("WORKFLOW_VIOLATION")).toBeTruthy();
  expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("Wrong order");
  expect(screen.getByText(/It is not in this list any more/)).toBeTruthy();
  expect(await requests.find(({ method }) => method === "POST")?.json()).toEqual({ note: "Wrong order" });
});

test("an event that is not well-formed can only be dismissed", async () => {
  const { acceptable: _, raw: __, event_type: ___, ...rest } = EVENT;
  stubApi({ [LIST]: () => ({ events: [{ ...rest, reason: "missing_field:raw" }] }) });
  show(<RejectedPage />, { me, path: `/?event=${ID}` });
  expect(await screen.findByText(/It can only be dismissed/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Let it count" })).toBeNull();
});

test("reasons are told in words, with their field", () => {
  expect(reasonInWords("unexpected_field:rate")).toBe("It has a field that scanners must not send: rate.");
  expect(reasonInWords("brand_new")).toBe("Brand new");
  expect(eventInWords({ ...EVENT, event_type: "tracker_closed" })).toBe("Tracker closed 5901234123457");
});
