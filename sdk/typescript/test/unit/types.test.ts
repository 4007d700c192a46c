/** What the compiler knows of requests and events. These tests fail when the package is checked, not when they run. */

import { expectTypeOf, test } from "vitest";
import type { Api, BatonSocket, components, Data, Outbox } from "../../src/index.js";

type Schemas = components["schemas"];

test("a response has the type of the operation", () => {
  expectTypeOf<Data<"/v1/orders", "post">>().toEqualTypeOf<Schemas["OrderPlaced"]>();
  expectTypeOf<Data<"/shipping/scanner/pack/box/{box_id}/label", "get">>().toEqualTypeOf<string>();
  expectTypeOf<Data<"/v1/me/password", "post">>().toEqualTypeOf<undefined>();
});

test("what an operation needs has to be given, and nothing else can be", () => {
  const calls = (api: Api): void => {
    void api.GET("/v1/me");
    // @ts-expect-error - there is no such path
    void api.GET("/v1/mee");
    // @ts-expect-error - the path does not support the method
    void api.DELETE("/v1/me");
    // @ts-expect-error - the body is missing
    void api.POST("/v1/orders");
    // @ts-expect-error - a body without its required fields
    void api.POST("/v1/orders", { body: {} });
    // @ts-expect-error - the parameter in the path is missing
    void api.GET("/v1/orders/{order_id}");
    // @ts-expect-error - the version is required
    void api.PATCH("/v1/work-orders/{work_order_id}/start", { params: { path: { work_order_id: "w" } } });
    // @ts-expect-error - there is no such parameter
    void api.GET("/v1/me/notifications", { params: { query: { size: 5 } } });
    void api.POST("/v1/uploads/photos", { body: new FormData() });
  };
  expectTypeOf(calls).toBeFunction();
});

test("the data of an event has the type of its name, and a payload that of its kind", () => {
  const uses = async (socket: BatonSocket<"courier">, outbox: Outbox): Promise<void> => {
    for await (const event of socket) {
      if (event.event === "order.assigned") expectTypeOf(event.data.pickup_address).toEqualTypeOf<string>();
      // @ts-expect-error - staff get this event, couriers do not
      if (event.event === "notice") return;
    }
    socket.send("location.update", { latitude: 52.37, longitude: 4.89 });
    // @ts-expect-error - there is no such event
    socket.send("location", { latitude: 52.37, longitude: 4.89 });
    // @ts-expect-error - a scan has a code
    await outbox.add({ event_type: "scan_received", payload: { assignment_id: "PA-1" } });
  };
  expectTypeOf(uses).toBeFunction();
});
