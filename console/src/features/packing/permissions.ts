export const READ = "packing.shipment.read";
export const COMPLETE = "packing.shipment.complete";
export const REOPEN_BOX = "packing.box.reopen";
export const VOID_BOX = "packing.box.void";
export const REOPEN = "packing.shipment.reopen";
export const CANCEL = "packing.shipment.cancel";
