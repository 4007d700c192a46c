import { queryOptions } from "@tanstack/react-query";
import { api, dataOf } from "~/api/client";
import { live } from "~/api/queries";
import type { Schema } from "~/api/schema";

export type OpenShipment = Schema<"OpenShipment">;
export type ShipmentList = Schema<"ShipmentList">;
export type ListedBox = Schema<"ListedBox">;
export type BoxDetails = Schema<"BoxDetails">;
export type Plate = Schema<"PlateView">;

type CommandHeader = { "Idempotency-Key": string };

export interface ShipmentFilter {
  search: string;
  warehouse: string;
}

export type ShipmentDetails = Schema<"ShipmentDetails">;
export type ShipmentLine = Schema<"ShipmentLineView">;

/** A shipment that a number names. */
export interface Shipment {
  id: string;
  number: string;
}

/** A license plate as one shipment sees it. */
export interface FoundPlate {
  plate: Plate;
  allocated: boolean;
  available: number;
}

export type Found = { kind: "shipment"; shipment: Shipment } | { kind: "plate"; found: FoundPlate };

/** The resolution of a label printer, in dots per inch. */
export type Resolution = 203 | 300;

/** The largest list that the API sends. */
const LIMIT = 100;

export const keys = { all: ["packing"] as const };

export function shipmentsQuery({ search, warehouse }: ShipmentFilter) {
  return queryOptions({
    queryKey: [...keys.all, "shipments", { search, warehouse }],
    queryFn: ({ signal }) => readShipments(search, warehouse, signal),
    ...live,
  });
}

/** The id of the shipment with a number; null if the number is that of something else. */
export function shipmentQuery(number: string) {
  return queryOptions({
    queryKey: [...keys.all, "shipment", number],
    queryFn: async ({ signal }) => {
      const found = await lookUp({ barcode: number }, signal);
      return found.kind === "shipment" ? found.shipment : null;
    },
  });
}

export function detailsQuery(shipmentId: string) {
  return queryOptions({
    queryKey: [...keys.all, "details", shipmentId],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET("/shipping/scanner/pack/shipments/{shipment_id}", {
          params: { path: { shipment_id: shipmentId } },
          signal,
        }),
      ),
    ...live,
  });
}

export function boxesQuery(shipmentId: string) {
  return queryOptions({
    queryKey: [...keys.all, "boxes", shipmentId],
    queryFn: async ({ signal }) => {
      const params = { path: { shipment_id: shipmentId } };
      return (await dataOf(api.GET("/shipping/scanner/pack/shipments/{shipment_id}/boxes", { params, signal }))).data;
    },
    ...live,
  });
}

export function boxQuery(boxId: string) {
  return queryOptions({
    queryKey: [...keys.all, "box", boxId],
    queryFn: ({ signal }) =>
      dataOf(api.GET("/shipping/scanner/pack/box/{box_id}", { params: { path: { box_id: boxId } }, signal })),
    ...live,
  });
}

/** The label of a box in ZPL. It is read again when the contents or the weight have changed, and only then. */
export function labelQuery({ box, contents }: BoxDetails, dpi: Resolution) {
  return queryOptions({
    queryKey: [...keys.all, "label", box.id, dpi, box.weight, contents.map(({ id }) => id)],
    queryFn: ({ signal }) =>
      dataOf<string>(
        api.GET("/shipping/scanner/pack/box/{box_id}/label", {
          params: { path: { box_id: box.id }, query: { dpi } },
          parseAs: "text",
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Read the packing slip of a shipment as a PDF. */
export function readSlip(shipmentId: string): Promise<Blob> {
  return dataOf<Blob>(
    api.GET("/shipping/scanner/pack/shipments/{shipment_id}/slip", {
      params: { path: { shipment_id: shipmentId } },
      parseAs: "blob",
    }),
  );
}

interface Scan {
  barcode: string;
  /** The shipment for which a license plate is looked up. */
  shipmentId?: string | undefined;
}

/** Return what a barcode names: a shipment by its number, its order or a box, or a license plate. */
export async function lookUp({ barcode, shipmentId }: Scan, signal?: AbortSignal): Promise<Found> {
  const { type, data } = await dataOf(
    api.GET("/shipping/scanner/pack/lookup/{barcode}", {
      params: { path: { barcode }, query: { shipment_id: shipmentId } },
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  if (type === "license_plate" && data.lp !== undefined) {
    const { lp: plate, allocated = false, available_qty: available = 0 } = data;
    return { kind: "plate", found: { plate, allocated, available } };
  }
  if (type === "box" && data.shipment_id !== undefined) {
    const path = { shipment_id: data.shipment_id };
    const { id, shipment_number: number } = await dataOf(
      api.GET("/shipping/scanner/pack/shipments/{shipment_id}", { params: { path } }),
    );
    return { kind: "shipment", shipment: { id, number } };
  }
  return { kind: "shipment", shipment: { id: data.id ?? "", number: data.shipment_number ?? "" } };
}

export function reopenBox(boxId: string, reason: string, header: CommandHeader): Promise<unknown> {
  return dataOf(api.POST("/shipping/scanner/pack/box/reopen", { params: { header }, body: { box_id: boxId, reason } }));
}

export function completeShipment(shipmentId: string, allowPartial: boolean, header: CommandHeader): Promise<unknown> {
  return dataOf(
    api.POST("/shipping/scanner/pack/complete", {
      params: { header },
      body: { shipment_id: shipmentId, allow_partial: allowPartial },
    }),
  );
}

/** Void an empty box. */
export function voidBox(boxId: string, header: CommandHeader): Promise<unknown> {
  return dataOf(api.DELETE("/shipping/scanner/pack/box/{box_id}", { params: { path: { box_id: boxId }, header } }));
}

export function reopenShipment(shipmentId: string, reason: string, header: CommandHeader): Promise<unknown> {
  const params = { path: { shipment_id: shipmentId }, header };
  return dataOf(api.POST("/shipping/scanner/pack/shipments/{shipment_id}/reopen", { params, body: { reason } }));
}

/** Cancel a shipment, or go on with a cancellation that did not come to its end. */
export function cancelShipment(shipmentId: string, reason: string, header: CommandHeader): Promise<unknown> {
  const params = { path: { shipment_id: shipmentId }, header };
  return dataOf(api.POST("/shipping/scanner/pack/shipments/{shipment_id}/cancel", { params, body: { reason } }));
}

function readShipments(search: string, warehouse: string, signal: AbortSignal): Promise<ShipmentList> {
  const query = { search: search || undefined, warehouse_id: warehouse || undefined, limit: LIMIT };
  return dataOf(api.GET("/shipping/scanner/pack/shipments", { params: { query }, signal }));
}
