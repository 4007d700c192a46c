"""Examples of shipments for the API description: one shipment of two lines, while and after it is packed."""

from chalicelib.packing.shipments.rules import ShipmentStatus

_ID = "019ceb1b-2248-77be-9036-7be036fc36fc"
_SHIPMENT = {
    "id": _ID,
    "shipment_number": "SH-1001",
    "so_number": "SO-5001",
    "customer_name": "Bakkerij Zonneveld",
    "lines_total": 2,
}

OPEN = {
    "data": [
        {
            **_SHIPMENT,
            "status": ShipmentStatus.PACKING,
            "promised_ship_date": "2026-11-25",
            "lines_packed": 1,
            "boxes_count": 2,
            "allergen_alert": True,
        }
    ],
    "total": 1,
}
FOUND = {"data": {**_SHIPMENT, "allergen_restrictions": ["nuts"]}}
COMPLETING = {"allow_partial": False}
COMPLETED = {
    "id": _ID,
    "shipment_number": "SH-1001",
    "status": ShipmentStatus.PACKED,
    "lines_total": 2,
    "lines_packed": 2,
    "boxes_count": 2,
}
