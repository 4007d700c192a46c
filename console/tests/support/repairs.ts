/** Work orders of flows, and the people who take their steps through the API. */

import { readFileSync } from "node:fs";
import type { Locator, Page } from "playwright-core";
import { type Person, person } from "./api";

export const PHOTO = new URL("../../../infra/samples/fixed.jpg", import.meta.url).pathname;
/** A page reads again every three seconds. The rest is for a machine that is busy with other tests. */
export const LIVE_MS = 3_000;
export const SLACK_MS = 12_000;

export interface Order {
  id: string;
  code: string;
  version: number;
}

export interface Repairs {
  /** Make a work order of an item, of the demo data's checklist by default. */
  route(item: string, priority?: string, instructions?: string | null, checklist?: string): Promise<Order>;
  /** Take a step with the version that the order has now. */
  step(who: Person, order: Order, action: string, body?: object): Promise<void>;
  upload(who: Person, order: Order, kind: string): Promise<void>;
  /** Import a checklist of a name of its own, with the items I-1 and I-2. */
  checklist(): Promise<string>;
}

export function repairsOf(url: string): Repairs {
  return {
    async route(item, priority = "HIGH", instructions = null, checklist = "CL-2041") {
      const ops = await person(url, "ops1");
      const body = { checklistRef: checklist, itemRef: item, priority, instructions, allowDuplicate: true };
      return await ops.call<Order>("POST", "/v1/work-orders", body);
    },
    async step(who, order, action, body) {
      const { version } = await who.call<Order>("GET", `/v1/work-orders/${order.id}`);
      await who.call("PATCH", `/v1/work-orders/${order.id}/${action}`, body, { "If-Match": `"${version}"` });
    },
    async upload(who, order, kind) {
      const form = new FormData();
      form.set("workOrderId", order.id);
      form.set("kind", kind);
      form.set("file", new Blob([readFileSync(PHOTO)], { type: "image/jpeg" }), "fixed.jpg");
      await who.call("POST", "/v1/uploads/photos", form);
    },
    async checklist() {
      const ref = `CL-${Date.now()}`;
      const items = [
        { item_ref: "I-1", text: "Gate of the queue closes" },
        { item_ref: "I-2", text: "Handrails are tight" },
      ];
      const manager = await person(url, "manager1");
      const record = { checklist_ref: ref, name: "Evening inspection", ride_code: "RC-07", items };
      await manager.call("POST", "/v1/imports/checklists", { records: [record] });
      return ref;
    },
  };
}

/** Return the card of a work order in a column of the board. */
export function card(page: Page, column: RegExp, order: Pick<Order, "code">): Locator {
  return page.getByRole("region", { name: column }).getByRole("article").filter({ hasText: order.code });
}
