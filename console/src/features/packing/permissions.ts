export const READ = "packing.shipment.read";
export const COMPLETE = "packing.shipment.complete";
export const REOPEN_BOX = "packing.box.reopen";
