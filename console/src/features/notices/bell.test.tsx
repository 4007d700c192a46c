import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { personWith, show, stubApi } from "../../../tests/support/render";
import Bell from "./bell";
import type { Notice } from "./queries";

const NOTICE: Notice = {
  id: "notice-1",
  type: "WO_RETURNED",
  title: "WO-CL-2041-1 was returned",
  body: "Needs a lift",
  at: "2026-03-14T09:26:53Z",
  read: false,
  subject: { kind: "work_order", id: "order-1" },
};

test("the bell counts what is unread, and opening a notification marks it and leads to its subject", async () => {
  let read = false;
  const requests = stubApi({
    "GET /v1/me/notifications": () => ({ items: [{ ...NOTICE, read }], unread: read ? 0 : 1, nextCursor: null }),
    "POST /v1/me/notifications/notice-1/read": () => {
      read = true;
      return new Response(null, { status: 204 });
    },
  });
  const { router } = show(<Bell />, { me: personWith("maintenance.workorder.list") });
  await userEvent.click(await screen.findByRole("button", { name: "Notifications, 1 unread" }));
  await userEvent.click(await screen.findByText("WO-CL-2041-1 was returned"));
  expect(router.state.location.pathname + router.state.location.search).toBe("/repairs?order=order-1");
  await waitFor(() => expect(screen.getByRole("button", { name: "Notifications" })).toBeTruthy());
  expect(requests.filter(({ method }) => method === "POST")).toHaveLength(1);
});
