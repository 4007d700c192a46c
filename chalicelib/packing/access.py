"""The permissions of packing. Shipments belong to nobody in particular, so one has to reach the whole organisation.

Only what somebody packed themselves is theirs: with the scope `own` they may take that out again, and nothing else.
"""

READ = "packing.shipment.read"
PACK = "packing.item.pack"
REMOVE = "packing.item.remove"
CREATE_BOX = "packing.box.create"
CLOSE_BOX = "packing.box.close"
REOPEN_BOX = "packing.box.reopen"
COMPLETE = "packing.shipment.complete"
