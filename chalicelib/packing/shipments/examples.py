"""Examples of shipments for the API description: one shipment of two lines, while and after it is packed."""

from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.shipments.rules import LineStatus, ShipmentStatus

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
FOUND = {
    "data": {
        **_SHIPMENT,
        "allergen_restrictions": ["nuts"],
        "status": ShipmentStatus.PACKING,
        "promised_ship_date": "2026-11-25",
        "lines_packed": 1,
        "boxes_count": 2,
        "allergen_alert": True,
    }
}
_PLATE = {
    "id": "019ceb1b-2248-7c5e-8d1f-5e8d15e8d15e",
    "lp_number": "LP-000101",
    "lot_number": "L2611A",
    "expiry": "2027-03-31",
    "available_qty": 12,
}
COMPLETING = {"allow_partial": False}
COMPLETED = {
    "id": _ID,
    "shipment_number": "SH-1001",
    "status": ShipmentStatus.PACKED,
    "lines_total": 2,
    "lines_packed": 2,
    "boxes_count": 2,
}
REOPENING = {"reason": "The customer ordered more."}
REOPENED = {**COMPLETED, "status": ShipmentStatus.PACKING}
CANCELLING = {"reason": "The customer cancelled the order."}
CANCELLED = {**COMPLETED, "status": ShipmentStatus.CANCELLED, "lines_packed": 0, "boxes_count": 0}
SLIP = {
    "shipment_number": "SH-1001",
    "so_number": "SO-5001",
    "customer_name": "Bakkerij Zonneveld",
    "promised_ship_date": "2026-11-25",
    "status": ShipmentStatus.PACKING,
    "lines": [
        {
            "line_number": 1,
            "sku": "BISC-ALM",
            "product_name": "Almond biscuits 250 g",
            "quantity": 48,
            "uom": "EA",
            "packed_qty": 48,
            "remaining_qty": 0,
            "status": LineStatus.COMPLETE,
        }
    ],
    "boxes": [
        {
            "box_number": 1,
            "status": BoxStatus.CLOSED,
            "sscc": "095200041234567895",
            "weight": 12.4,
            "items": [
                {
                    "sku": "BISC-ALM",
                    "product_name": "Almond biscuits 250 g",
                    "lot_number": "L2611A",
                    "quantity": 48,
                    "uom": "EA",
                }
            ],
        }
    ],
}
DETAILS = {
    **_SHIPMENT,
    "status": ShipmentStatus.PACKING,
    "promised_ship_date": "2026-11-25",
    "allergen_restrictions": ["nuts"],
    "lines_packed": 1,
    "boxes_count": 2,
    "lines": [
        {
            "id": "019ceb1b-2248-74d7-9b75-4d7b75427542",
            "line_number": 1,
            "sku": "BISC-ALM",
            "product_name": "Almond biscuits 250 g",
            "quantity": 48,
            "uom": "EA",
            "packed_qty": 48,
            "remaining_qty": 0,
            "status": LineStatus.COMPLETE,
            "plates": [_PLATE],
        },
        {
            "id": "019ceb1b-2248-7d3c-a2f3-1c2f31c2f31c",
            "line_number": 2,
            "sku": "BREAD-RYE",
            "product_name": "Rye bread 800 g",
            "quantity": 20,
            "uom": "EA",
            "packed_qty": 0,
            "remaining_qty": 20,
            "status": LineStatus.PARTIAL,
            "plates": [],
        },
    ],
}
