/** What the tracking page says about an order. */

import type { Schema } from "~/api/schema";

export type TrackedOrder = Schema<"TrackedOrder">;
type Status = TrackedOrder["status"];

export interface Message {
  status: string;
  hint?: string;
}

export interface Fact {
  name: string;
  text: string;
  isLarge?: boolean;
  /** A page of somebody else, which opens only if the reader wants it. */
  href?: string;
}

/** The steps of a delivery as its receiver sees them, each with the statuses in which it is the present one. */
export const STEPS: readonly { name: string; statuses: readonly Status[] }[] = [
  { name: "Accepted", statuses: ["accepted"] },
  { name: "At the pickup", statuses: ["arrived"] },
  { name: "On the way", statuses: ["picked_up"] },
  { name: "Delivered", statuses: ["delivered"] },
];

export const ENDED: Message = {
  status: "This link has ended.",
  hint: "Ask whoever sent it to you for a new one.",
};
export const INCOMPLETE: Message = {
  status: "This link is not complete.",
  hint: "Open it again from the message in which you got it.",
};
export const LOADING: Message = { status: "One moment …" };

const FINAL: readonly Status[] = ["delivered", "returned", "canceled_by_customer", "canceled_by_dispatcher"];

/** Return whether nothing more happens to an order. */
export function hasEnded({ status }: TrackedOrder): boolean {
  return FINAL.includes(status);
}

/** Return the status of an order in plain words. */
export function messageOf({ status, courier }: TrackedOrder): Message {
  const who = courier?.first_name || "Your courier";
  const messages: Record<Status, Message> = {
    scheduled: { status: "Your delivery is planned for later." },
    assigned: { status: "We are looking for a courier." },
    no_nearby_driver: { status: "No courier is free right now.", hint: "We keep looking for one." },
    accepted: { status: `${who} is on the way to the pickup.` },
    arrived: { status: `${who} is at the pickup.` },
    picked_up: { status: `${who} is on the way to you.` },
    delivered: { status: "Your order has been delivered." },
    undeliverable: {
      status: "Your order could not be handed over.",
      hint: "The sender knows and decides what happens.",
    },
    returned: { status: "Your order could not be handed over.", hint: "It is back where it was picked up." },
    canceled_by_customer: { status: "This delivery was canceled." },
    canceled_by_dispatcher: { status: "This delivery was canceled." },
  };
  return messages[status];
}

/** Return what else is known of an order, with times of the reader's own clock. */
export function factsOf(order: TrackedOrder, now: Date): Fact[] {
  const { courier, eta_at } = order;
  const facts: Fact[] = [];
  if (eta_at !== undefined)
    facts.push({ name: "Arrives at about", text: arrivalText(new Date(eta_at), now), isLarge: true });
  facts.push({ name: "To", text: order.dropoff_address });
  if (courier?.latitude !== undefined && courier.longitude !== undefined && courier.position_at !== undefined) {
    const { latitude, longitude } = courier;
    const seen = agoText(new Date(courier.position_at), now);
    const href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
    facts.push({ name: `Where the courier was ${seen}`, text: "Show on OpenStreetMap", href });
  }
  return facts;
}

/** Return the index of the present step, or -1 if the order is in none. */
export function stepOf({ status }: TrackedOrder): number {
  return STEPS.findIndex(({ statuses }) => statuses.includes(status));
}

function arrivalText(at: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((at.getTime() - now.getTime()) / 60_000));
  const clock = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return minutes < 1 ? `${clock}, any moment now` : `${clock}, in ${durationText(minutes)}`;
}

function agoText(at: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
  if (seconds < 60) return "a moment ago";
  return `${durationText(Math.round(seconds / 60))} ago`;
}

/** Return minutes, or from two hours on rounded hours, in words. */
function durationText(minutes: number): string {
  const [number, unit] = minutes < 120 ? [minutes, "minute"] : [Math.round(minutes / 60), "hour"];
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}
