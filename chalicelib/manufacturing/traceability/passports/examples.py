"""Examples of battery passports for the API description."""

from typing import Any

from chalicelib.manufacturing.examples import PACK_ID

TOKEN = f"demo.{PACK_ID}"
_FIELD = {"group": "performance", "access": "public"}
_PUBLIC = [
    {
        **_FIELD,
        "name": "ratedCapacity",
        "title": "Rated capacity",
        "points": "1(a) VI.A.6, 1(g)",
        "source": "sku",
        "value": {"value": 156, "unit": "Ah"},
    }
]
_MEASURED = {
    "name": "measuredCapacity",
    "title": "Capacity when placed on the market",
    "group": "condition",
    "points": "4(a)",
    "access": "restricted",
    "source": "test",
    "value": {"value": 157.4, "unit": "Ah"},
}
_MISSING = {
    "name": "maximumVoltage",
    "title": "Maximum voltage",
    **_FIELD,
    "points": "1(h)",
    "source": "manufacturer",
    "kind": "quantity",
    "unit": "V",
}
PUBLIC_PASSPORT: dict[str, Any] = {
    "view": "public",
    "serial": "P-0001",
    "attributes": _PUBLIC,
    "address": f"https://baton.example/passport#{TOKEN}",
    "packId": ...,
    "status": ...,
    "completeness": ...,
}
PASSPORT = {
    **PUBLIC_PASSPORT,
    "view": "restricted",
    "attributes": [*_PUBLIC, _MEASURED],
    "packId": PACK_ID,
    "status": "SHIPPED",
    "completeness": {"required": 60, "known": 59, "missing": [_MISSING]},
}
QR = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 45 45"><path fill="#fff" d="M0 0h45v45h-45z"/>'
    '<path stroke="#000" d="M4 4.5h7m1 0h1m2 0h3"/></svg>'
)
