"""Shipments, plates and boxes for tests: one call each, through the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar

from chalicelib.core.store import get
from chalicelib.packing.boxes.queries import read_box
from chalicelib.packing.boxes.tables import Box, BoxContent, box_id_of, box_key
from chalicelib.packing.plates.tables import Plate, plate_id_of, plate_key
from chalicelib.packing.shipments.tables import (
    Shipment,
    ShipmentLine,
    line_id_of,
    line_key,
    lines_query,
    shipment_id_of,
    shipment_key,
)
from infra.local.engine import EmbeddedEngine
from tests.builders.world import DEMO, Answer, Person

T = TypeVar("T")

PACK = "/shipping/scanner/pack"
PREFIX = "7610425"


def line_record(number: int = 1, **fields: Any) -> dict[str, Any]:
    """Return a line of a shipment's record."""
    record = {"line_number": number, "sku": f"SKU-{number}", "product_name": f"Product {number}", "quantity": 10}
    return {**record, **fields}


def shipment_record(number: str = "SH-1", *lines: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a shipment's record, with one line of ten by default."""
    record = {"shipment_number": number, "so_number": f"SO-{number}", "customer_name": "Bakkerij Zon"}
    return {**record, "lines": list(lines) or [line_record()], **fields}


def plate_record(number: str = "LP-1", line: int = 1, *shipments: str, **fields: Any) -> dict[str, Any]:
    """Return a plate's record: a hundred of the product of a line, allocated to it in the shipments (`SH-1`)."""
    allocations = [{"shipment_number": shipment, "line_number": line} for shipment in shipments or ("SH-1",)]
    record = {"lp_number": number, "sku": f"SKU-{line}", "product_name": f"Product {line}", "quantity": 100}
    return {**record, "lot_number": "LOT-7", "allocations": allocations, **fields}


def load(person: Person, dataset: str, *records: object, **headers: str) -> Answer:
    """Import records of `shipments` or `license-plates`."""
    return person.post(f"/v1/imports/{dataset}", {"records": list(records)}, **headers)


def loaded(person: Person, dataset: str, *records: object) -> None:
    """Import records, all of which are accepted."""
    answer = load(person, dataset, *records)
    assert answer.status == 200, answer


def set_prefix(admin: Person, **fields: Any) -> None:
    """Give the organisation a GS1 company prefix, so that boxes get SSCCs."""
    body = {"gs1_company_prefix": PREFIX, **fields}
    answer = admin.put("/v1/organisation/settings/packing", body)
    assert answer.status == 200, answer


def shipment_id(number: str = "SH-1", org_id: str = DEMO) -> str:
    """Return the id of a shipment."""
    return shipment_id_of(org_id, number)


def line_id(number: int = 1, shipment: str = "SH-1", org_id: str = DEMO) -> str:
    """Return the id of a shipment's line."""
    return line_id_of(shipment_id(shipment, org_id), number)


def plate_id(number: str = "LP-1", org_id: str = DEMO) -> str:
    """Return the id of a plate."""
    return plate_id_of(org_id, number)


def box_id(number: int = 1, shipment: str = "SH-1", org_id: str = DEMO) -> str:
    """Return the id of a shipment's box."""
    return box_id_of(shipment_id(shipment, org_id), number)


def create_box(packer: Person, shipment: str = "SH-1", **headers: str) -> Answer:
    """Create a box."""
    return packer.post(f"{PACK}/box/create", {"shipment_id": shipment_id(shipment, packer.org_id)}, **headers)


def new_box(packer: Person, shipment: str = "SH-1") -> str:
    """Create a box and return its id."""
    answer = create_box(packer, shipment)
    assert answer.status == 201, answer
    return str(answer.json["id"])


def pack_body(box: str, quantity: float = 1, *, org_id: str = DEMO, **fields: Any) -> dict[str, Any]:
    """Return the body of packing a quantity of plate LP-1 for line 1 of SH-1 into a box; `fields` replace values."""
    body = {
        "shipment_id": shipment_id(org_id=org_id),
        "box_id": box,
        "license_plate_id": plate_id(org_id=org_id),
        "so_line_id": line_id(org_id=org_id),
        "quantity": quantity,
    }
    return {**body, **fields}


def pack_item(packer: Person, box: str, quantity: float = 1, **fields: Any) -> Answer:
    """Pack a quantity of a plate into a box."""
    return packer.post(PACK, pack_body(box, quantity, org_id=packer.org_id, **fields))


def packed(packer: Person, box: str, quantity: float = 1, **fields: Any) -> str:
    """Pack an item and return the id of its content."""
    answer = pack_item(packer, box, quantity, **fields)
    assert answer.status == 201, answer
    return str(answer.json["box_content"]["id"])


def remove_item(packer: Person, box: str, content: str, **headers: str) -> Answer:
    """Remove an item from a box."""
    return packer.delete(f"{PACK}/box/{box}/item/{content}", **headers)


def close_box(packer: Person, box: str, **measures: Any) -> Answer:
    """Close a box."""
    return packer.post(f"{PACK}/box/close", {"box_id": box, **measures})


def reopen_box(supervisor: Person, box: str, reason: str = "One too many") -> Answer:
    """Reopen a closed box."""
    return supervisor.post(f"{PACK}/box/reopen", {"box_id": box, "reason": reason})


def complete_shipment(packer: Person, shipment: str = "SH-1", **fields: Any) -> Answer:
    """Complete a shipment."""
    return packer.post(f"{PACK}/complete", {"shipment_id": shipment_id(shipment, packer.org_id), **fields})


def void_box(packer: Person, box: str, **headers: str) -> Answer:
    """Void a box."""
    return packer.delete(f"{PACK}/box/{box}", **headers)


def reopen_shipment(supervisor: Person, shipment: str = "SH-1", reason: str = "One more", **headers: str) -> Answer:
    """Reopen a packed shipment."""
    path = f"{PACK}/shipments/{shipment_id(shipment, supervisor.org_id)}/reopen"
    return supervisor.post(path, {"reason": reason}, **headers)


def cancel_shipment(supervisor: Person, shipment: str = "SH-1", reason: str = "Not paid", **headers: str) -> Answer:
    """Cancel a shipment."""
    path = f"{PACK}/shipments/{shipment_id(shipment, supervisor.org_id)}/cancel"
    return supervisor.post(path, {"reason": reason}, **headers)


def stored_shipment(number: str = "SH-1", org_id: str = DEMO) -> Shipment | None:
    """Return a shipment as stored."""
    return get(shipment_key(org_id, shipment_id(number, org_id)))


def stored_line(number: int = 1, shipment: str = "SH-1", org_id: str = DEMO) -> ShipmentLine | None:
    """Return a line as stored."""
    return get(line_key(org_id, shipment_id(shipment, org_id), line_id(number, shipment, org_id)))


def stored_lines(shipment: str = "SH-1", org_id: str = DEMO) -> list[ShipmentLine]:
    """Return all lines of a shipment, by number."""
    found = lines_query(org_id, shipment_id(shipment, org_id)).all()
    return sorted(found, key=lambda line: line.line_number)


def stored_plate(number: str = "LP-1", org_id: str = DEMO) -> Plate | None:
    """Return a plate as stored."""
    return get(plate_key(org_id, plate_id(number, org_id)))


def stored_box(box: str, org_id: str = DEMO) -> Box | None:
    """Return a box as stored."""
    return get(box_key(org_id, box))


def stored_contents(box: str, org_id: str = DEMO) -> list[BoxContent]:
    """Return the contents of a box, oldest first."""
    stored = read_box(org_id, box)
    return [] if stored is None else stored.contents


def stored_boxes(shipment: str = "SH-1", org_id: str = DEMO) -> Iterator[tuple[Box, list[BoxContent]]]:
    """Return the boxes of a shipment by number, each with its contents."""
    found = stored_shipment(shipment, org_id)
    for number in range(1, (found.newest_box if found else 0) + 1):
        stored = read_box(org_id, box_id(number, shipment, org_id))
        assert stored is not None, number
        yield stored


def existing(found: T | None) -> T:
    """Return an item that exists."""
    assert found is not None
    return found


def meanwhile(engine: EmbeddedEngine, do: Callable[[], object]) -> None:
    """Do something just before the next commit."""

    def act(*_: object) -> None:
        do()

    engine.before("TransactWriteItems", act, times=1)


def calls_of(engine: EmbeddedEngine) -> list[str]:
    """Return the list to which the names of all further calls to the store are added."""
    calls: list[str] = []
    for name in ("BatchGetItem", "GetItem", "Query", "TransactWriteItems", "UpdateItem", "PutItem"):
        engine.before(name, lambda *_, name=name: calls.append(name))
    return calls


def quantity_in(contents: list[BoxContent]) -> Decimal:
    """Return the sum of the quantities."""
    return sum((content.quantity for content in contents), Decimal(0))
