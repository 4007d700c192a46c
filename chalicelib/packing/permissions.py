"""The permissions of packing.

Shipments have no owner, so every permission needs the scope `org`. The exception: with the scope `own`, users may
remove items that they packed themselves.
"""

READ = "packing.shipment.read"
PACK = "packing.item.pack"
REMOVE = "packing.item.remove"
CREATE_BOX = "packing.box.create"
CLOSE_BOX = "packing.box.close"
REOPEN_BOX = "packing.box.reopen"
VOID_BOX = "packing.box.void"
COMPLETE = "packing.shipment.complete"
REOPEN = "packing.shipment.reopen"
CANCEL = "packing.shipment.cancel"
IMPORT_SHIPMENTS = "packing.shipment.import"
IMPORT_PLATES = "packing.plate.import"
