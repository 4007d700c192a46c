"""Examples of boxes for the API description: a box with 48 packages of one product, and what is packed of its line."""

from chalicelib.packing.boxes.rules import BoxStatus
from chalicelib.packing.shipments.rules import LineStatus

_PRODUCT = "Almond biscuits 250 g"
_CONTENT = {"quantity": 12, "product_name": _PRODUCT, "lot_number": "L2611A"}
_SUMMARY = {
    "item_count": 3,
    "total_weight_est": 9,
    "items": [{"product_name": _PRODUCT, "quantity": 36, "uom": "EA"}],
}
_MEASURES = {"length": 60, "width": 40, "height": 30}
_NOT_MEASURED = {"weight": None, "dimensions": {"length": None, "width": None, "height": None}}
_SSCC = "095200041234567895"

ITEM = {"quantity": 12, "notes": "Two are dented."}
PACKED = {
    "box_content": _CONTENT,
    "box_summary": _SUMMARY,
    "so_line_status": {"packed_qty": 36, "remaining_qty": 12, "status": LineStatus.PARTIAL},
    "allergen_warning": {"matches": ["nuts"], "customer_name": "Bakkerij Zonneveld", "product_name": _PRODUCT},
}
NEW_BOX = {"box_number": 2, "status": BoxStatus.OPEN, **_NOT_MEASURED}
CLOSING = {"weight": 9.4, **_MEASURES}
CLOSED = {"box_number": 2, "status": BoxStatus.CLOSED, "weight": 9.4, "dimensions": _MEASURES, "sscc": _SSCC}
REOPENING = {"reason": "A package is damaged."}
REOPENED = {**NEW_BOX, "sscc": _SSCC}
VOIDED = {**NEW_BOX, "status": BoxStatus.VOIDED, "sscc": None}
DETAILS = {
    "box": {**NEW_BOX, "sscc": None},
    "contents": [
        {
            "id": "019ceb1b-2248-784a-90a3-84a0a3eda3ed",
            **_CONTENT,
            "lp_number": "LP-000101",
            "quantity": 36,
            "notes": None,
        }
    ],
    "summary": {**_SUMMARY, "item_count": 1},
}
LISTED = {
    "data": [
        {
            "id": "019ceb1b-2248-7d81-977b-d8177b3f7b3f",
            **CLOSED,
            "box_number": 1,
            "item_count": 3,
            "total_weight_est": 9,
        }
    ],
    "total": 1,
}
SETTINGS = {
    "gs1_company_prefix": "952000",
    "extension_digit": 0,
    "first_serial": 0,
    "overpack": "warn",
    "expiry": "warn",
}
LABEL = """\
^XA
^CI28
^PW812
^LL1218
^LH0,0
^FO40,32^A0N,22,22^FH_^FDSHIP TO^FS
^FO40,58^A0N,48,48^FH_^FDBakkerij Zonneveld^FS
^FO94,872^BY4,3,260^BCN,260,N,N,N^FD>;>800095200041234567895^FS
^FO0,1150^A0N,42,42^FB812,1,0,C^FD(00)095200041234567895^FS
^XZ
"""
