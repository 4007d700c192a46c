import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Routes } from "react-router";
import { expect, test } from "vitest";
import { personWith, refusal, show, stubApi } from "../../../tests/support/render";
import { CANCEL, COMPLETE, REOPEN, REOPEN_BOX, VOID_BOX } from "./permissions";
import type { BoxDetails, OpenShipment } from "./queries";
import ShipmentPage from "./shipment-page";
import ShipmentsPage from "./shipments-page";

const SHIPMENT: OpenShipment = {
  id: "shipment-1",
  shipment_number: "SH/1",
  so_number: "SO-1",
  customer_name: "Bakkerij Zonneveld",
  status: "packing",
  promised_ship_date: "2020-01-31",
  lines_total: 3,
  lines_packed: 1,
  boxes_count: 1,
  allergen_alert: true,
};

const DETAILS: BoxDetails = {
  box: {
    id: "box-1",
    box_number: 1,
    status: "closed",
    weight: 2.5,
    dimensions: { length: null, width: null, height: null },
    sscc: null,
  },
  contents: [
    { id: "item-1", product_name: "Rye bread", lot_number: "L-1", lp_number: "LP-1", quantity: 4, notes: null },
  ],
  summary: { item_count: 1, total_weight_est: 2.4, items: [{ product_name: "Rye bread", quantity: 4, uom: "EA" }] },
};

const PACK = "/shipping/scanner/pack";
const ANSWERS = {
  [`GET ${PACK}/shipments`]: () => ({ data: [SHIPMENT], total: 1 }),
  [`GET ${PACK}/lookup/SH%2F1`]: () => ({
    type: "shipment",
    data: {
      id: "shipment-1",
      shipment_number: "SH/1",
      so_number: "SO-1",
      customer_name: "Bakkerij Zonneveld",
      lines_total: 3,
      allergen_restrictions: ["nuts"],
    },
  }),
  [`GET ${PACK}/shipments/shipment-1`]: () => ({
    ...SHIPMENT,
    allergen_restrictions: ["nuts"],
    lines: [
      {
        id: "line-1",
        line_number: 1,
        sku: "BREAD-RYE",
        product_name: "Rye bread",
        quantity: 20,
        uom: "EA",
        packed_qty: 4,
        remaining_qty: 16,
        status: "partial",
        plates: [{ id: "plate-1", lp_number: "LP-1", lot_number: "L-1", expiry: "2026-05-01", available_qty: 8 }],
      },
    ],
  }),
  [`GET ${PACK}/shipments/shipment-1/boxes`]: () => ({
    data: [{ ...DETAILS.box, item_count: 1, total_weight_est: 2.4 }],
    total: 1,
  }),
  [`GET ${PACK}/box/box-1`]: () => DETAILS,
};

function showShipment(search: string, ...permissions: string[]) {
  const page = (
    <Routes>
      <Route path="packing/shipments/:number" element={<ShipmentPage />} />
    </Routes>
  );
  return show(page, { path: `/packing/shipments/SH%2F1${search}`, me: personWith(...permissions) });
}

test("a late shipment is listed with its progress", async () => {
  stubApi(ANSWERS);
  const { router } = show(<ShipmentsPage />);
  const row = await screen.findByRole("row", { name: /Bakkerij Zonneveld/ });
  expect(row.textContent).toContain("1 / 3");
  expect(row.textContent).toContain("31 Jan 2020 · Late");
  await userEvent.click(row);
  expect(router.state.location.pathname).toBe("/packing/shipments/SH%2F1");
});

test("a shipment whose number holds a slash is shown with its lines and boxes", async () => {
  stubApi(ANSWERS);
  showShipment("");
  expect(await screen.findByRole("heading", { name: "Shipment SH/1" })).toBeTruthy();
  expect((await screen.findByRole("row", { name: /Closed/ })).textContent).toContain("2.5 kg");
  expect((await screen.findByRole("row", { name: /Rye bread/ })).textContent).toContain("4 / 20 EA");
  expect(screen.queryByRole("button", { name: "Complete shipment" })).toBeNull();
});

test("a shipment that is packed is not late", async () => {
  const packed = { ...SHIPMENT, status: "packed", allergen_restrictions: [], lines: [] };
  stubApi({ ...ANSWERS, [`GET ${PACK}/shipments/shipment-1`]: () => packed });
  showShipment("");
  expect((await screen.findByText("31 Jan 2020")).textContent).toBe("31 Jan 2020");
  expect(screen.queryByText(/Late/)).toBeNull();
});

test("a box that was closed before there was a prefix says that it has no label", async () => {
  stubApi({
    ...ANSWERS,
    [`GET ${PACK}/box/box-1/label`]: () => refusal(400, "NO_SSCC", "This box has no label."),
  });
  showShipment("?box=box-1", REOPEN_BOX);
  expect(await screen.findByText("This box has no label", { exact: false })).toBeTruthy();
  expect(screen.getByText("LP-1 · Lot L-1")).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Reopen box" })).toBeTruthy();
  expect(screen.queryByText("NO_SSCC")).toBeNull();
});

test("a plain label is shown, in the resolution of the printer", async () => {
  const requests = stubApi({
    ...ANSWERS,
    [`GET ${PACK}/box/box-1/label`]: (request) =>
      new Response(`^XA^PW${new URL(request.url).searchParams.get("dpi") === "300" ? 1200 : 812}^LL1200^XZ`),
  });
  showShipment("?box=box-1");
  expect(await screen.findByRole("img", { name: "Label of box 1 without SSCC" })).toBeTruthy();
  expect(screen.getByText(/the organisation has no GS1 company prefix/)).toBeTruthy();
  await userEvent.click(screen.getByRole("combobox", { name: "Printer" }));
  await userEvent.click(await screen.findByRole("option", { name: "300 dpi" }));
  await expect.poll(() => requests.filter(({ url }) => url.endsWith("dpi=300")).length).toBe(1);
});

test("a line shows what is left of it, and on which plates", async () => {
  stubApi(ANSWERS);
  showShipment("");
  const row = await screen.findByRole("row", { name: /Rye bread/ });
  expect(row.textContent).toContain("16 EA");
  await userEvent.click(row);
  const drawer = await screen.findByRole("dialog", { name: "Line 1" });
  expect(within(drawer).getByRole("row", { name: /LP-1/ }).textContent).toBe("LP-1Lot L-1 · good until 2026-05-018 EA");
});

test("an empty box is voided, and its details close", async () => {
  const box = { ...DETAILS.box, status: "open" };
  const requests = stubApi({
    ...ANSWERS,
    [`GET ${PACK}/box/box-1`]: () => ({ ...DETAILS, box, contents: [] }),
    [`DELETE ${PACK}/box/box-1`]: () => ({ ...box, status: "voided" }),
  });
  const { router } = showShipment("?box=box-1", VOID_BOX);
  await userEvent.click(await screen.findByRole("button", { name: "Void box" }));
  const dialog = await screen.findByRole("dialog", { name: "Void this box?" });
  await userEvent.click(within(dialog).getByRole("button", { name: "Void box" }));
  await expect.poll(() => router.state.location.search).toBe("");
  expect(requests.find(({ method }) => method === "DELETE")?.headers.get("Idempotency-Key")).toBeTruthy();
});

test("a refused reopening of a shipment keeps the reason", async () => {
  const requests = stubApi({
    ...ANSWERS,
    [`GET ${PACK}/shipments/shipment-1`]: () => ({
      ...SHIPMENT,
      status: "packed",
      allergen_restrictions: [],
      lines: [],
    }),
    [`POST ${PACK}/shipments/shipment-1/reopen`]: () => refusal(400, "SHIPMENT_NOT_REOPENABLE", "It is not packed."),
  });
  showShipment("", REOPEN, CANCEL, COMPLETE);
  await userEvent.click(await screen.findByRole("button", { name: "Reopen shipment" }));
  expect(screen.queryByRole("button", { name: "Complete shipment" })).toBeNull();
  const dialog = await screen.findByRole("dialog", { name: "Reopen this shipment?" });
  await userEvent.type(within(dialog).getByLabelText("Reason"), "One case more");
  await userEvent.click(within(dialog).getByRole("button", { name: "Reopen shipment" }));
  expect(await within(dialog).findByText("SHIPMENT_NOT_REOPENABLE")).toBeTruthy();
  expect(within(dialog).getByLabelText<HTMLTextAreaElement>("Reason").value).toBe("One case more");
  expect(await requests.find(({ method }) => method === "POST")?.json()).toEqual({ reason: "One case more" });
});

test("a cancellation that did not come to its end says so, and can go on", async () => {
  stubApi({
    ...ANSWERS,
    [`GET ${PACK}/shipments/shipment-1`]: () => ({
      ...SHIPMENT,
      status: "cancelling",
      allergen_restrictions: [],
      lines: [],
    }),
  });
  showShipment("", CANCEL, COMPLETE);
  expect(await screen.findByText(/did not come to its end/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Cancel shipment" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Complete shipment" })).toBeNull();
});

test("a refused completion says what is missing, and the choice stays", async () => {
  stubApi({
    ...ANSWERS,
    [`POST ${PACK}/complete`]: () => refusal(400, "OPEN_BOXES", "Some boxes of this shipment are still open."),
  });
  showShipment("", COMPLETE);
  await userEvent.click(await screen.findByRole("button", { name: "Complete shipment" }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByLabelText("Complete it although ordered items are missing"));
  await userEvent.click(within(dialog).getByRole("button", { name: "Complete shipment" }));
  expect(await within(dialog).findByText("OPEN_BOXES")).toBeTruthy();
  expect(within(dialog).getByRole<HTMLInputElement>("checkbox").checked).toBe(true);
});
