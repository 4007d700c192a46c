"""The endpoints of the packing scanner: a shipment of 500 lines and 200 boxes, and 5,000 open shipments around it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from chalicelib.packing.shipments.tables import Shipment
from tests.benchmarks.stage import Hit, Stage
from tests.builders import packing, packing_crowd
from tests.builders.packing import PACK
from tests.builders.packing_crowd import BOXES, HUGE
from tests.builders.world import Person

Prepared = dict[str, Callable[[Stage], Hit]]

SITUATION, CROWDED = "packing", "packing, crowded"
OPEN = 5_000
_LAST = {"license_plate_id": packing.plate_id("LP-000500"), "so_line_id": packing.line_id(500, HUGE)}


@cache
def _warehouse(stage: Stage) -> tuple[Person, Person, str]:
    """A packer, a supervisor, and an open box of the huge shipment with twenty contents."""
    table, now = Shipment.Meta.table_name, stage.world.clock.now()
    stage.engine.fill(table, packing_crowd.huge_shipment(now))
    packing.set_prefix(stage.world.person("SYSTEM_ADMIN"))
    packer, supervisor = stage.world.person("packer"), stage.world.person("supervisor")
    return packer, supervisor, _filled(packer, 20)


def _filled(packer: Person, contents: int) -> str:
    box = packing.new_box(packer, HUGE)
    for _ in range(contents):
        packing.packed(packer, box, 0.5, shipment_id=packing.shipment_id(HUGE), **_LAST)
    return box


def _packed(stage: Stage) -> Hit:
    packer, _, box = _warehouse(stage)
    body = packing.pack_body(box, 0.5, shipment_id=packing.shipment_id(HUGE), **_LAST)
    return Hit("POST", PACK, packer, body, status=201)


def pack_into(stage: Stage, contents: int) -> Hit:
    """Pack into a box that has so many contents of the same product."""
    packer, _, _ = _warehouse(stage)
    box = packing.new_box(packer, HUGE)
    shipment = packing.existing(packing.stored_shipment(HUGE))
    stage.engine.fill(
        Shipment.Meta.table_name,
        packing_crowd.filled_box(shipment.boxes_count, contents, stage.world.clock.now()),
    )
    body = packing.pack_body(box, 0.5, shipment_id=packing.shipment_id(HUGE), **_LAST)
    return Hit("POST", PACK, packer, body, status=201)


def _first_packed(stage: Stage) -> Hit:
    packer, boss, _ = _warehouse(stage)
    packing.loaded(boss, "shipments", packing.shipment_record("SH-1"))
    packing.loaded(boss, "license-plates", packing.plate_record())
    return Hit("POST", PACK, packer, packing.pack_body(packing.new_box(packer)), status=201)


def _removed(stage: Stage) -> Hit:
    packer, _, box = _warehouse(stage)
    content = packing.stored_contents(box)[3]
    params = {"box_id": box, "item_id": content.content_id}
    return Hit("DELETE", f"{PACK}/box/{{box_id}}/item/{{item_id}}", packer, params=params, status=204)


def _created(stage: Stage) -> Hit:
    packer, _, _ = _warehouse(stage)
    body = {"shipment_id": packing.shipment_id(HUGE)}
    return Hit("POST", f"{PACK}/box/create", packer, body, status=201)


def _closed(stage: Stage) -> Hit:
    packer, _, box = _warehouse(stage)
    body = {"box_id": box, "weight": 12.5, "length": 40, "width": 30, "height": 20}
    return Hit("POST", f"{PACK}/box/close", packer, body)


def _reopened(stage: Stage) -> Hit:
    _, supervisor, _ = _warehouse(stage)
    body = {"box_id": packing.box_id(BOXES, HUGE), "reason": "One too many"}
    return Hit("POST", f"{PACK}/box/reopen", supervisor, body)


def _completed(stage: Stage) -> Hit:
    packer, boss, _ = _warehouse(stage)
    packing.loaded(boss, "shipments", packing.shipment_record("SH-2"))
    packing.loaded(boss, "license-plates", packing.plate_record("LP-2", 1, "SH-2"))
    box = packing.new_box(packer, "SH-2")
    ids = {"license_plate_id": packing.plate_id("LP-2"), "so_line_id": packing.line_id(1, "SH-2")}
    packing.packed(packer, box, 10, shipment_id=packing.shipment_id("SH-2"), **ids)
    packing.close_box(packer, box)
    return Hit("POST", f"{PACK}/complete", packer, {"shipment_id": packing.shipment_id("SH-2")})


def _voided(stage: Stage) -> Hit:
    packer, _, _ = _warehouse(stage)
    return Hit("DELETE", f"{PACK}/box/{{box_id}}", packer, params={"box_id": packing.new_box(packer, HUGE)})


def _changed(stage: Stage, action: str) -> Hit:
    """Reopen or cancel a packed shipment of two boxes with three contents each."""
    packer, boss, _ = _warehouse(stage)
    number, plate = f"SH-{action}", f"LP-{action}"
    packing.loaded(boss, "shipments", packing.shipment_record(number))
    packing.loaded(boss, "license-plates", packing.plate_record(plate, 1, number))
    shipment_id = packing.shipment_id(number)
    ids = {"license_plate_id": packing.plate_id(plate), "so_line_id": packing.line_id(1, number)}
    for box in [packing.new_box(packer, number) for _ in range(2)]:
        for _ in range(3):
            packing.packed(packer, box, 2, shipment_id=shipment_id, **ids)
        packing.close_box(packer, box)
    packing.complete_shipment(packer, number)
    path = f"{PACK}/shipments/{{shipment_id}}/{action}"
    return Hit("POST", path, boss, {"reason": "One more"}, params={"shipment_id": shipment_id})


def _read(stage: Stage, path: str, **params: str) -> Hit:
    packer, _, box = _warehouse(stage)
    values = {"box_id": box, "shipment_id": packing.shipment_id(HUGE), **params}
    named = {name: value for name, value in values.items() if f"{{{name}}}" in path}
    return Hit("GET", f"{PACK}{path}", packer, params=named, query=_query(params))


def _query(params: dict[str, str]) -> dict[str, str]:
    return {"shipment_id": packing.shipment_id(HUGE)} if "LP" in params.get("barcode", "") else {}


def _label(stage: Stage) -> Hit:
    return _read(stage, "/box/{box_id}/label", box_id=packing.box_id(BOXES, HUGE))


@cache
def _crowd(stage: Stage) -> Person:
    stage.engine.fill(Shipment.Meta.table_name, packing_crowd.open_shipments(OPEN, stage.world.clock.now()))
    return stage.world.person("packer")


def _listed(stage: Stage, **query: Any) -> Hit:
    return Hit("GET", f"{PACK}/shipments", _crowd(stage), query={name: str(value) for name, value in query.items()})


def _looked_up(barcode: str) -> Callable[[Stage], Hit]:
    return partial(_read, path="/lookup/{barcode}", barcode=barcode)


PACKING: Prepared = {
    "POST pack": _packed,
    "POST pack, the first item of all": _first_packed,
    "DELETE pack/box/{id}/item/{id}": _removed,
    "POST pack/box/create": _created,
    "POST pack/box/close": _closed,
    "POST pack/box/reopen": _reopened,
    "POST pack/complete": _completed,
    "DELETE pack/box/{id}": _voided,
    "POST pack/shipments/{id}/reopen": partial(_changed, action="reopen"),
    "GET pack/lookup, shipment": _looked_up(HUGE),
    "GET pack/box/{id}": partial(_read, path="/box/{box_id}"),
    "GET pack/box/{id}/label": _label,
    "GET pack/shipments/{id}/boxes, 200": partial(_read, path="/shipments/{shipment_id}/boxes"),
}
TWO_STEPS: Prepared = {
    "GET pack/lookup, order": _looked_up("SO-000000"),
    "GET pack/lookup, plate": _looked_up("LP-000500"),
    "GET pack/lookup, GS1": _looked_up("]C1010703206980498821LP-000500"),
    "GET pack/shipments/{id}": partial(_read, path="/shipments/{shipment_id}"),
}
SLIP: Prepared = {
    "GET pack/shipments/{id}/slip, 200 boxes": partial(_read, path="/shipments/{shipment_id}/slip"),
}
SLIP_TRIPS = 10
"""A query for each of the 200 boxes, as many at once as there are threads."""
TWO_STEPS_TRIPS = 3
"""The index names the shipment of an order, a plate its lines, and a shipment its plates: these are read then."""
CANCELLING: Prepared = {"POST pack/shipments/{id}/cancel": partial(_changed, action="cancel")}
CANCEL_TRIPS = 5
"""Beside the usual ones, it reads the boxes, their contents and the lines."""
LISTS: Prepared = {
    "GET pack/shipments, of 5,000": _listed,
    "GET pack/shipments, of a warehouse": partial(_listed, warehouse_id="wh-1"),
    "GET pack/shipments, searched": partial(_listed, search="hotel", limit=20),
    "GET pack/shipments, searched in a warehouse": partial(_listed, search="hotel", warehouse_id="wh-1", limit=20),
}
