/** Work for the tests: an assignment to pick, and deliveries that make events on a courier's socket. */

import { Baton } from "../../src/index.js";
import { PASSWORD } from "./stack.js";

export const BARCODE = "5901234123457";

/** Return a client of a new session. */
export async function signedIn(base: string, name: string): Promise<Baton> {
  const baton = new Baton({ baseUrl: base });
  await baton.session.signIn(name, PASSWORD);
  return baton;
}

/** Load an assignment that has room for many scans, and let a picker claim it. */
export async function claimAssignment(base: string, ref: string, picker: string): Promise<Baton> {
  const supervisor = await signedIn(base, "supervisor1");
  const lines = [{ line_number: 1, sku: "MILK", quantity: 100_000, location: "C-01", barcodes: [BARCODE] }];
  const record = {
    assignment_ref: ref,
    customer: "Line & Co",
    order_label: ref,
    role: "picker" as const,
    priority: 0,
    lines,
  };
  await supervisor.api.POST("/v1/imports/pick-assignments", { body: { records: [record] } });
  const baton = await signedIn(base, picker);
  const body = { device_id: "truck-7", company_id: "demo", role: "picker" as const };
  const { data } = await baton.api.POST("/assignments/next", { body });
  if (data.assignment_id !== ref) throw new Error(`claimed ${data.assignment_id} instead of ${ref}`);
  return baton;
}

/** Return how many units the server has counted for a picker. */
export async function unitsOf(baton: Baton): Promise<number> {
  return (await baton.api.GET("/scanner/state")).data.metrics.total_units;
}

export const scan = (ref: string) => ({
  event_type: "scan_received" as const,
  payload: { raw: BARCODE, assignment_id: ref, order_id: ref, at: new Date().toISOString() },
});

const PLACE = { latitude: 52.3731, longitude: 4.8926 };

/** Let a courier go on duty, alone, so that every order is offered to that courier. */
export async function goOnDuty(base: string, name: string): Promise<Baton> {
  const courier = await signedIn(base, name);
  await courier.api.POST("/v1/courier/location", { body: PLACE });
  await courier.api.POST("/v1/courier/availability", { body: { available: true } });
  return courier;
}

/** Order a delivery and cancel it again: two events for the courier. */
export async function orderAndCancel(customer: Baton): Promise<void> {
  const { data } = await customer.api.POST("/v1/orders", {
    body: {
      pickup_address: "Dam 1, Amsterdam",
      pickup_lat: PLACE.latitude,
      pickup_lng: PLACE.longitude,
      dropoff_address: "Prinsengracht 263, Amsterdam",
      receiver_phone: "+31201234567",
    },
  });
  await customer.api.POST("/v1/customer/orders/cancel", { body: { order_id: data.order.id } });
}
