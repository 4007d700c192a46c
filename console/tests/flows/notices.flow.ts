import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { person } from "../support/api";
import { browserProgram, launch, openPage, signIn } from "../support/browser";
import { expectNoComplaints } from "../support/checks";

const program = browserProgram();
const url = inject("url");
let browser: Browser;

beforeAll(async () => {
  if (program !== null) browser = await launch(program);
});
afterAll(async () => await browser?.close());

interface Order {
  id: string;
  version: number;
}

test.skipIf(program === null)(
  "the socket announces a notification, and the bell and the work orders show it",
  async () => {
    const [ops, lead, technician] = await Promise.all(["ops1", "maint1", "tech1"].map((name) => person(url, name)));
    if (ops === undefined || lead === undefined || technician === undefined) throw new Error("Nobody has signed in.");
    await technician.call("POST", "/v1/me/notifications/read-all");
    const order = await ops.call<Order>("POST", "/v1/work-orders", {
      checklistRef: "CL-2041",
      itemRef: "A-3",
      priority: "HIGH",
      instructions: null,
      allowDuplicate: true,
    });

    const page = await openPage(browser, { url });
    const received: string[] = [];
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => received.push(String(payload)));
    });
    await page.goto(`${url}/sign-in?next=${encodeURIComponent("/repairs/mine")}`);
    await signIn(page, "tech1");
    // The socket is open once the server has answered its ping.
    await expect.poll(() => received.length, { timeout: 30_000 }).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();

    await lead.call(
      "PATCH",
      `/v1/work-orders/${order.id}/assign`,
      { technicianId: technician.id },
      { "If-Match": `"${order.version}"` },
    );
    await expect.poll(() => received.some((text) => text.includes(order.id)), { timeout: 10_000 }).toBe(true);
    await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor({ timeout: 10_000 });
    expectNoComplaints(page);
    await page.context().close();
  },
);
