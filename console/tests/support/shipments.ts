/** Shipments of flows, and packers who pack them. */

import type { Person } from "./api";

export const PACK = "/shipping/scanner/pack";

export interface Imported {
  number: string;
  plate: string;
}

/** Import a shipment of one line with its license plate, so that each flow has its own. */
export async function shipmentFor(supervisor: Person, customer: string): Promise<Imported> {
  const unique = `${Date.now()}`.slice(-6);
  const [number, plate] = [`SH-${unique}`, `LP-${unique}`];
  const product = {
    sku: `TEA-${unique}`,
    product_name: "Green tea, loose leaf, in tins of 250 g with a very long name",
  };
  await supervisor.call("POST", "/v1/imports/shipments", {
    records: [
      {
        shipment_number: number,
        so_number: `SO-${unique}`,
        customer_name: customer,
        allergen_restrictions: ["nuts"],
        promised_ship_date: "2020-01-31",
        lines: [{ line_number: 1, ...product, quantity: 12, uom: "EA", unit_weight: 0.3 }],
      },
    ],
  });
  await supervisor.call("POST", "/v1/imports/license-plates", {
    records: [
      {
        lp_number: plate,
        ...product,
        quantity: 20,
        lot_number: "L-77",
        allocations: [{ shipment_number: number, line_number: 1 }],
      },
    ],
  });
  return { number, plate };
}

interface Lookup {
  data: { id: string; so_line_id: string; lp: { id: string } };
}

/** Pack as a packer's scanner does: look up, open a box, pack, close. */
export async function packBox(packer: Person, { number, plate }: Imported): Promise<string> {
  const { data: shipment } = await packer.call<Lookup>("GET", `${PACK}/lookup/${number}`);
  const { data } = await packer.call<Lookup>("GET", `${PACK}/lookup/${plate}?shipment_id=${shipment.id}`);
  const box = await packer.call<{ id: string }>("POST", `${PACK}/box/create`, { shipment_id: shipment.id });
  await packer.call("POST", PACK, {
    shipment_id: shipment.id,
    box_id: box.id,
    license_plate_id: data.lp.id,
    so_line_id: data.so_line_id,
    quantity: 10,
  });
  await packer.call("POST", `${PACK}/box/close`, { box_id: box.id, weight: 3.4, length: 40, width: 30, height: 20 });
  return box.id;
}
