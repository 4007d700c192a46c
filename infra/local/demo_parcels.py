"""The demo data of packing in progress: what a packer did yesterday, and what a supervisor changed afterwards.

One shipment is packed, with a voided box and a warning of allergens. One was completed too early and reopened; one of
its plates has expired. One was cancelled after a part of it was packed. The shipments that nobody has begun are those
of `infra/samples`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from infra.local.demo_story import PastClock, Teller

_PACK = "/shipping/scanner/pack"
_BISCUITS = {"sku": "BISC-ALM", "product_name": "Almond biscuits 250 g"}
_OAT = {"sku": "MILK-OAT", "product_name": "Oat drink 1 L"}


def _shipment(number: int, customer: str, promised: str, *quantities: int, **more: Any) -> dict[str, Any]:
    """Return a shipment of biscuits, and of oat drink if there is a second quantity."""
    products = ({**_BISCUITS, "allergens": ["gluten", "nuts"]}, {**_OAT, "allergens": ["gluten"]})
    return {
        "shipment_number": f"SH-099{number}",
        "so_number": f"SO-499{number}",
        "customer_name": customer,
        "warehouse_id": "wh-ams",
        "promised_ship_date": promised,
        "lines": [
            {"line_number": line, "quantity": quantity, "unit_weight": 0.25 if line == 1 else 1.03, **product}
            for line, (product, quantity) in enumerate(zip(products, quantities, strict=False), 1)
        ],
        **more,
    }


def _plate(shipment: int, line: int, product: dict[str, str], quantity: int, expiry: str) -> dict[str, Any]:
    return {
        "lp_number": f"LP-00099{shipment}{line}",
        **product,
        "quantity": quantity,
        "lot_number": f"L26{shipment}{line}",
        "expiry": expiry,
        "allocations": [{"shipment_number": f"SH-099{shipment}", "line_number": line}],
    }


_SHIPMENTS = [
    _shipment(7, "Kinderopvang De Bijenkorf", "2026-11-20", 12, 24, allergen_restrictions=["nuts"]),
    _shipment(8, "Ξενοδοχείο Ακρόπολις, Αθήνα", "2026-11-27", 20, 30),
    _shipment(9, "Café Het Anker", "2026-11-21", 10),
]
_PLATES = [
    _plate(7, 1, _BISCUITS, 12, "2030-03-31"),
    _plate(7, 2, _OAT, 24, "2030-06-30"),
    _plate(8, 1, _BISCUITS, 20, "2030-03-31"),
    _plate(8, 2, _OAT, 40, "2026-10-31"),
    _plate(9, 1, _BISCUITS, 10, "2030-03-31"),
]


class Parcels:
    """Three shipments that a packer has begun, and the ways out that a supervisor took."""

    people: ClassVar[frozenset[str]] = frozenset({"packer2", "supervisor1"})
    age: ClassVar[timedelta] = timedelta(hours=20)

    def __init__(self, clock: PastClock, teller: Teller) -> None:
        self._clock = clock
        self._packer, self._supervisor = teller.sign_in("packer2"), teller.sign_in("supervisor1")

    def play(self) -> None:
        """Pack, complete, reopen and cancel through the API."""
        self._supervisor.post("/v1/imports/shipments", {"records": _SHIPMENTS})
        self._supervisor.post("/v1/imports/license-plates", {"records": _PLATES})
        packed, early, cancelled = (self._details(number) for number in (7, 8, 9))
        self._pack(packed, {1: 12}, weight=3.4)
        self._packer.call("DELETE", f"{_PACK}/box/{self._box(packed)}", None)
        self._pack(packed, {2: 24}, weight=25.2)
        self._complete(packed)
        self._pack(early, {1: 20, 2: 10}, weight=15.9)
        self._complete(early, allow_partial=True)
        self._supervise(early, "reopen", "The rest of the oat drink has arrived.")
        self._pack(cancelled, {1: 6}, weight=1.8)
        self._supervise(cancelled, "cancel", "The customer has cancelled the order.")
        for client in (self._packer, self._supervisor):
            client.sign_out()

    def _details(self, number: int) -> dict[str, Any]:
        scanned = self._packer.call("GET", f"{_PACK}/lookup/SH-099{number}", None)
        details: dict[str, Any] = self._packer.call("GET", f"{_PACK}/shipments/{scanned['data']['id']}", None)
        return details

    def _box(self, shipment: dict[str, Any]) -> str:
        self._clock.sleep(120)
        return str(self._packer.post(f"{_PACK}/box/create", {"shipment_id": shipment["id"]})["id"])

    def _pack(self, shipment: dict[str, Any], quantities: dict[int, int], weight: float) -> None:
        """Pack quantities of lines into a new box, and close it."""
        box = self._box(shipment)
        for line in shipment["lines"]:
            if line["line_number"] in quantities:
                self._clock.sleep(60)
                item = {
                    "shipment_id": shipment["id"],
                    "box_id": box,
                    "license_plate_id": line["plates"][0]["id"],
                    "so_line_id": line["id"],
                    "quantity": quantities[line["line_number"]],
                }
                self._packer.post(_PACK, item)
        self._packer.post(
            f"{_PACK}/box/close", {"box_id": box, "weight": weight, "length": 60, "width": 40, "height": 30}
        )

    def _complete(self, shipment: dict[str, Any], **more: bool) -> None:
        self._clock.sleep(30)
        self._packer.post(f"{_PACK}/complete", {"shipment_id": shipment["id"], **more})

    def _supervise(self, shipment: dict[str, Any], step: str, reason: str) -> None:
        self._clock.sleep(900)
        self._supervisor.post(f"{_PACK}/shipments/{shipment['id']}/{step}", {"reason": reason})
