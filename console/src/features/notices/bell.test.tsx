import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
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

/** The other end of the page's socket. */
class StubSocket {
  static opened: StubSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    StubSocket.opened.push(this);
  }
  send(): void {}
  close(): void {
    this.closed = true;
  }
}

test("an event of the socket shows a new notification at once, and the socket closes with the page", async () => {
  vi.stubGlobal("WebSocket", StubSocket);
  let unread = 0;
  stubApi({
    "GET /v1/me/notifications": () => ({ items: [], unread, nextCursor: null }),
    "POST /v1/ws/tickets": () =>
      Response.json({ ticket: "ticket-1", expiresAt: "2026-03-14T09:27:53Z" }, { status: 201 }),
  });
  const { unmount } = show(<Bell />, { me: personWith("realtime.channel.staff") });
  await screen.findByRole("button", { name: "Notifications" });
  await waitFor(() => expect(StubSocket.opened).toHaveLength(1));
  const [socket] = StubSocket.opened;
  expect(socket?.url).toContain("/api/v1/ws/staff?ticket=ticket-1");
  unread = 1;
  act(() => {
    socket?.onopen?.();
    socket?.onmessage?.({ data: JSON.stringify({ event: "notice", id: 1, at: NOTICE.at, data: NOTICE }) });
  });
  await screen.findByRole("button", { name: "Notifications, 1 unread" }, { timeout: 5_000 });
  unmount();
  await waitFor(() => expect(socket?.closed).toBe(true));
});
