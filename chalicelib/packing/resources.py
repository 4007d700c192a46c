"""The resources that several endpoints of packing are about."""

from chalicelib.edge.endpoint import Resource
from chalicelib.packing.boxes.tables import box_key
from chalicelib.packing.shipments.tables import shipment_key

BASE = "/shipping/scanner/pack"
INVALID = 400
"""The status of invalid input: the contract knows only 400 and 404."""

SHIPMENT_RESOURCE = Resource(key=shipment_key, id_from=("shipment_id",))
BOX_RESOURCE = Resource(key=box_key, id_from=("box_id",))
