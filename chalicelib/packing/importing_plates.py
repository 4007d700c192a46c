"""The dataset `license-plates`: plates and what they were picked for, found by their number.

A plate names lines by shipment number and line number; both have to be there, and the line has to be of the product
that is on the plate. Once something of a plate is packed its product and lot stay as they are and its quantity covers
what is packed. It then stays allocated to each line of which something is packed, since the plate does not say for
which of its lines it was; what is left of it may be meant for others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import ItemKey, ReadResult, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.imports import Dataset, NotYet, Outcome
from chalicelib.packing.keys import (
    allocation,
    line_id_of,
    line_key,
    line_of,
    plate_id_of,
    plate_key,
    product_id_of,
    shipment_id_of,
    shipment_key,
)
from chalicelib.packing.records import AllocationRecord, PlateRecord
from chalicelib.packing.rules import exact, shown
from chalicelib.packing.tables import Line, Plate

IMPORT = "packing.plate.import"
_OTHER_PRODUCT = "is of another product than the plate"


def upsert_plate(work: UnitOfWork, actor: Actor, record: PlateRecord) -> Outcome:
    """Make or change one plate. Raises `ValidationFailed` for what contradicts what is packed, and `NotYet`."""
    actor.require_reach(IMPORT)
    org_id = actor.org_id
    plate_id = plate_id_of(org_id, record.lp_number)
    at_plate = plate_key(org_id, plate_id)
    named = [] if record.allocations is UNSET else [_Named(org_id, one) for one in record.allocations]
    found = get_many([at_plate, *(key for one in named for key in (one.shipment, one.line))], dependencies().clock)
    plate = found.get(at_plate)
    values = _values(org_id, record)
    if record.allocations is not UNSET:
        values["allocated"] = _allocated(work, record.sku, named, found)
    work.audit(Plate.kind, plate_id, "LICENSE_PLATE_IMPORTED")
    if plate is None:
        _create(work, org_id, record, values)
        return "created"
    _change(work, plate, values)
    return "updated"


def _create(work: UnitOfWork, org_id: str, record: PlateRecord, values: Mapping[str, Any]) -> None:
    plate_id = plate_id_of(org_id, record.lp_number)
    where = plate_key(org_id, plate_id)
    plate = Plate(
        where.pk,
        where.sk,
        plate_id=plate_id,
        org_id=org_id,
        lp_number=record.lp_number,
        packed=Decimal(0),
        remaining=values["quantity"],
        created_at=work.now,
        updated_at=work.now,
        **values,
    )
    work.create(plate)


def _change(work: UnitOfWork, plate: Plate, values: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if getattr(plate, name) != value}
    flaws = dict(_contradictions(plate, changed))
    if plate.packed and "allocated" in changed and _may_be_packed_for(plate, changed["allocated"]):
        flaws["allocations"] = "must keep the lines of which something is packed: it may be of this plate"
    if flaws:
        raise ValidationFailed(flaws)
    if "sku" in changed and "allocated" not in values and plate.allocated:
        raise ValidationFailed({"sku": "is another than before: name the allocations of the new product as well"})
    if changed:
        # Held against the version, which every packing raises: what is left is exact.
        left = changed.get("quantity", plate.quantity) - plate.packed
        work.update(plate, {**changed, "remaining": left, "updated_at": work.now})


def _contradictions(plate: Plate, changed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not plate.packed:
        return
    for name in ("sku", "lot_number"):
        if name in changed:
            yield name, f"must stay {getattr(plate, name) or 'empty'}: some of this plate is packed"
    if changed.get("quantity", plate.quantity) < plate.packed:
        yield "quantity", f"must be at least {shown(plate.packed)}, which are packed"


def _may_be_packed_for(plate: Plate, wanted: set[str] | None) -> bool:
    """Whether some of the plate may be packed for a line to which it would be allocated no longer.

    It holds as long as nothing more of the plate is packed, which raises the plate's version.
    """
    dropped = sorted((plate.allocated or set()) - (wanted or set()))
    at = [line_key(plate.org_id, *line_of(one)) for one in dropped]
    lines = get_many(at, dependencies().clock)
    return any(line is not None and line.packed for line in map(lines.get, at))


def _values(org_id: str, record: PlateRecord) -> dict[str, Any]:
    """A plate's attributes as a record says them; what it leaves out is not there."""
    values = {
        "sku": record.sku,
        "product_id": product_id_of(org_id, record.sku),
        "product_name": record.product_name,
        "quantity": shown(exact(record.quantity)),
    }
    return values if record.lot_number is UNSET else {**values, "lot_number": record.lot_number}


def _allocated(work: UnitOfWork, sku: str, named: Sequence[_Named], found: ReadResult) -> set[str] | None:
    """The lines that the plate is for, each held to be there and of its product.

    Raises `NotYet` or `ValidationFailed`.
    """
    missing = {f"allocations.{n}.{name}": flaw for n, one in enumerate(named) for name, flaw in one.missing(found)}
    if missing:
        raise NotYet(missing)
    for number, one in enumerate(named):
        flaw = ValidationFailed({f"allocations.{number}.line_number": _OTHER_PRODUCT})
        line = found.get(one.line)
        if line is None or line.sku != sku:
            raise flaw
        work.check_condition(one.line, Line.sku == sku, flaw)
    return {one.text for one in named} or None


class _Named:
    """A line that a record names, and where it would be."""

    def __init__(self, org_id: str, record: AllocationRecord) -> None:
        shipment_id = shipment_id_of(org_id, record.shipment_number)
        self.shipment = shipment_key(org_id, shipment_id)
        self.line: ItemKey[Line] = line_key(org_id, shipment_id, line_id_of(shipment_id, record.line_number))
        self.text = allocation(shipment_id, record.line_number)

    def missing(self, found: ReadResult) -> Iterator[tuple[str, str]]:
        """What of it is not there."""
        if found.get(self.shipment) is None:
            yield "shipment_number", "is not the number of a shipment"
        elif found.get(self.line) is None:
            yield "line_number", "is not a line of that shipment"


PLATES = Dataset(
    name="license-plates",
    title="license plates and what they were picked for",
    record=PlateRecord,
    permission=IMPORT,
    entity_type=Plate.kind,
    action="LICENSE_PLATE_IMPORTED",
    key_field="lp_number",
    upsert=upsert_plate,
    example={
        "lp_number": "LP-000101",
        "sku": "BISC-ALM",
        "product_name": "Almond biscuits 250 g",
        "quantity": 60,
        "lot_number": "L2611A",
        "allocations": [{"shipment_number": "SH-1001", "line_number": 1}],
    },
)
"""License plates by their number."""
