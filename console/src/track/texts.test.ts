import { expect, test } from "vitest";
import { factsOf, hasEnded, messageOf, STEPS, stepOf, type TrackedOrder } from "./texts";

const NOW = new Date("2026-03-14T09:40:12Z");
const ORDER: TrackedOrder = {
  status: "picked_up",
  updated_at: "2026-03-14T09:37:12Z",
  dropoff_address: "Prinsengracht 263, Amsterdam",
  expires_at: "2026-03-21T09:26:53Z",
  courier: { first_name: "Noor", latitude: 52.3731, longitude: 4.8926, position_at: "2026-03-14T09:40:02Z" },
  eta_at: "2026-03-14T09:48:37Z",
};
const STATUSES = [
  "scheduled",
  "assigned",
  "no_nearby_driver",
  "accepted",
  "arrived",
  "picked_up",
  "delivered",
  "undeliverable",
  "returned",
  "canceled_by_customer",
  "canceled_by_dispatcher",
] as const;

test("every status is said in words, without a code", () => {
  for (const status of STATUSES) {
    const message = messageOf({ ...ORDER, status });
    expect(message.status).toMatch(/^[A-Z][^_]+\.$/);
  }
});

test("the courier is named by their first name, or not at all", () => {
  expect(messageOf(ORDER).status).toBe("Noor is on the way to you.");
  expect(messageOf({ ...ORDER, courier: { first_name: "" } }).status).toBe("Your courier is on the way to you.");
});

test("the arrival is a time of the clock and the minutes until then", () => {
  const [arrival] = factsOf(ORDER, NOW);
  expect(arrival?.text).toMatch(/^\d\d:48, in 8 minutes$/);
  const texts = ["2026-03-14T09:40:20Z", "2026-03-14T09:41:12Z"].map(
    (eta_at) => factsOf({ ...ORDER, eta_at }, NOW)[0]?.text,
  );
  expect(texts).toEqual([expect.stringContaining("any moment now"), expect.stringContaining("in 1 minute")]);
});

test("an arrival in more than two hours is told in hours", () => {
  const texts = ["2026-03-14T11:39:00Z", "2026-03-14T17:24:00Z"].map(
    (eta_at) => factsOf({ ...ORDER, eta_at }, NOW)[0]?.text,
  );
  expect(texts).toEqual([expect.stringContaining("in 119 minutes"), expect.stringContaining("in 8 hours")]);
});

test("the position is a link to a map, with its age", () => {
  const position = factsOf(ORDER, NOW).at(-1);
  expect(position?.name).toBe("Where the courier was a moment ago");
  expect(position?.href).toContain("mlat=52.3731&mlon=4.8926");
  expect(factsOf(ORDER, new Date("2026-03-14T09:43:02Z")).at(-1)?.name).toContain("3 minutes ago");
});

test("without position and arrival only the address is left", () => {
  const { courier: _, eta_at: __, ...bare } = ORDER;
  expect(factsOf(bare, NOW)).toEqual([{ name: "To", text: "Prinsengracht 263, Amsterdam" }]);
});

test("the steps are those from the acceptance to the delivery", () => {
  const steps = STATUSES.map((status) => stepOf({ ...ORDER, status })).filter((step) => step >= 0);
  expect(steps).toEqual(STEPS.map((_, index) => index));
});

test("an order ends by its delivery, its return or its cancellation", () => {
  const ended = STATUSES.filter((status) => hasEnded({ ...ORDER, status }));
  expect(ended).toEqual(["delivered", "returned", "canceled_by_customer", "canceled_by_dispatcher"]);
});
