// Plays the flows with types from openapi-typescript and requests by openapi-fetch. Prints one line per flow.
import { readFile } from "node:fs/promises";
import { Session } from "./session.js";

const { BATON_URL: url = "", BATON_PASSWORD: password = "", BATON_RUN: run = "", BATON_PHOTO: photo = "" } = process.env;
const workOrder = process.env.BATON_WORK_ORDER ?? "";
const signIn = (name: string) => Session.signIn(url, `${name}-${run}`, password);

/** Returns the body of a response, or throws the error that the API reported. */
async function body<T>(response: Promise<{ data?: T; error?: unknown }>): Promise<NonNullable<T>> {
  const { data, error } = await response;
  if (error !== undefined || data == null) throw new Error(JSON.stringify(error));
  return data;
}

async function signInAndRefresh(): Promise<string[]> {
  const session = await signIn("customer");
  session.expire();
  const me = await body(session.api.GET("/v1/me"));
  return ["signed in", me.user.id === session.userId ? "refreshed" : "someone else"];
}

async function delivery(): Promise<string[]> {
  const [courier, customer] = [await signIn("courier"), await signIn("customer")];
  await courier.api.POST("/v1/courier/location", { body: { latitude: 52.3731, longitude: 4.8926 } });
  await courier.api.POST("/v1/courier/availability", { body: { available: true } });

  const order = {
    body: {
      pickup_address: "Dam 1, Amsterdam",
      pickup_lat: 52.3731,
      pickup_lng: 4.8926,
      dropoff_address: "Museumplein 6, Amsterdam",
      receiver_phone: "+31205550201",
    },
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
  };
  const placed = await body(customer.api.POST("/v1/orders", order));
  const again = await customer.api.POST("/v1/orders", order);
  const steps: string[] = [placed.order.status, again.response.headers.get("Idempotent-Replayed") ? "replayed" : "twice"];

  const action = { body: { order_id: placed.order.id, courier_id: courier.userId } };
  for (const step of ["accept", "arrived", "picked", "delivered"] as const)
    steps.push((await body(courier.api.POST(`/v1/courier/orders/${step}`, action))).status);
  await courier.api.POST("/v1/courier/availability", { body: { available: false } });
  return steps;
}

async function packing(): Promise<string[]> {
  const { api } = await signIn("packer");
  const lookUp = (barcode: string, shipment_id?: string) =>
    body(api.GET("/shipping/scanner/pack/lookup/{barcode}", { params: { path: { barcode }, query: { shipment_id } } }));

  const shipment = await lookUp(`SO-${run}`);
  const shipment_id = shipment.data.id ?? "";
  const box_id = (await body(api.POST("/shipping/scanner/pack/box/create", { body: { shipment_id } }))).id;
  const steps: string[] = [shipment.type];
  for (const [barcode, quantity] of [[`LP1-${run}`, 6], [`LP2-${run}`, 2.5]] as const) {
    const plate = await lookUp(barcode, shipment_id);
    const { lp, so_line_id } = plate.data;
    if (!lp || !so_line_id) throw new Error("the plate is not allocated to the shipment");
    const item = { shipment_id, box_id, license_plate_id: lp.id, so_line_id, quantity };
    const packed = await body(api.POST("/shipping/scanner/pack", { body: item }));
    steps.push(plate.type, packed.so_line_status.status);
  }
  const box = await body(api.POST("/shipping/scanner/pack/box/close", { body: { box_id, weight: 4.2 } }));
  const done = await body(api.POST("/shipping/scanner/pack/complete", { body: { shipment_id } }));
  return [...steps, box.status, done.status];
}

async function eventBatch(): Promise<string[]> {
  const { api } = await signIn("picker");
  const company_id = (await body(api.GET("/v1/me"))).user.organization;
  const device_id = "truck-7";
  const assignment = await body(api.POST("/assignments/next", { body: { device_id, company_id, role: "picker" } }));
  const scan = (assignment_id: string) => ({
    client_event_id: crypto.randomUUID(),
    event_type: "scan_received" as const,
    payload: { raw: "5901234123457", assignment_id, order_id: assignment_id, at: new Date().toISOString() },
    created_at: new Date().toISOString(),
  });
  const mine = scan(assignment.assignment_id);
  const answer = await body(api.POST("/events/batch", { body: { events: [mine, mine, scan("another")] } }));
  // A client deletes accepted and duplicate events from its queue, and shows rejected ones to its user.
  return answer.status.map((one) => (one.client_event_id === null ? "no id" : one.result));
}

async function photoOfWork(): Promise<string[]> {
  const { api } = await signIn("tech");
  const path = { work_order_id: workOrder };
  const { version } = await body(api.GET("/v1/work-orders/{work_order_id}", { params: { path } }));
  const started = await body(
    api.PATCH("/v1/work-orders/{work_order_id}/start", { params: { path, header: { "If-Match": `${version}` } } }),
  );
  const form = new FormData();
  form.append("file", new Blob([await readFile(photo)], { type: "image/jpeg" }), "lamp.jpg");
  form.append("workOrderId", workOrder);
  form.append("kind", "COMPLETION");
  const stored = await body(
    // The types describe a file as text; openapi-fetch sends what the serializer returns.
    api.POST("/v1/uploads/photos", {
      body: { file: "", workOrderId: workOrder, kind: "COMPLETION" },
      bodySerializer: () => form,
    }),
  );
  const done = await body(
    api.PATCH("/v1/work-orders/{work_order_id}/done", {
      params: { path, header: { "If-Match": `${started.version}` } },
      body: { fixNote: "New lamp" },
    }),
  );
  return [started.state, stored.kind, done.state];
}

const flows = { session: signInAndRefresh, delivery, packing, events: eventBatch, photo: photoOfWork };
for (const [name, flow] of Object.entries(flows)) console.log(`${name}: ${(await flow()).join(", ")}`);
