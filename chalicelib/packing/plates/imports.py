"""The dataset `license-plates`: plates and the lines that they were picked for, by plate number.

A plate names lines by shipment number and line number; both have to exist, and the line has to be of the plate's
product. Once something of a plate is packed, its product and lot cannot change and its quantity has to cover what is
packed. It also stays allocated to each line of which something is packed, since the plate does not record for which of
its lines that was; what is left may be allocated to others.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from chalicelib.core.actor import Actor
from chalicelib.core.decimals import to_decimal
from chalicelib.core.errors import ValidationFailed, VersionConflict
from chalicelib.core.store import ItemKey, ReadResult, get_many
from chalicelib.core.table import set_actions
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset, NotYet, Outcome
from chalicelib.packing.permissions import IMPORT_PLATES
from chalicelib.packing.plates.schemas import AllocationRecord, PlateRecord
from chalicelib.packing.plates.tables import (
    AllocatedPlate,
    Plate,
    allocated_line,
    allocated_plate_key,
    allocation,
    plate_id_of,
    plate_key,
    product_id_of,
)
from chalicelib.packing.rules import normalize
from chalicelib.packing.shipments.tables import ShipmentLine, line_id_of, line_key, shipment_id_of, shipment_key

_OTHER_PRODUCT = "is of another product than the plate"


class _Allocation:
    """A line that a record names, and its keys."""

    def __init__(self, org_id: str, record: AllocationRecord) -> None:
        shipment_id = shipment_id_of(org_id, record.shipment_number)
        self.shipment = shipment_key(org_id, shipment_id)
        self.line: ItemKey[ShipmentLine] = line_key(org_id, shipment_id, line_id_of(shipment_id, record.line_number))
        self.text = allocation(shipment_id, record.line_number)

    def missing(self, result: ReadResult) -> Iterator[tuple[str, str]]:
        """Return the field that names an item which does not exist, with the error."""
        if result.get(self.shipment) is None:
            yield "shipment_number", "is not the number of a shipment"
        elif result.get(self.line) is None:
            yield "line_number", "is not a line of that shipment"


def import_plate(work: UnitOfWork, record: PlateRecord, actor: Actor) -> Outcome:
    """Create or update a plate. Raise `ValidationFailed` for what contradicts packed items, or `NotYet`."""
    actor.require_reach(IMPORT_PLATES)
    org_id = actor.org_id
    plate_id = plate_id_of(org_id, record.lp_number)
    key = plate_key(org_id, plate_id)
    records = [] if record.allocations is UNSET else record.allocations
    allocations = [_Allocation(org_id, each) for each in records]
    item_keys = [item_key for each in allocations for item_key in (each.shipment, each.line)]
    result = get_many([key, *item_keys], work.clock)
    plate = result.get(key)
    values = _values(org_id, record)
    if record.allocations is not UNSET:
        values |= {"allocated": _allocated(work, record.sku, allocations, result), "is_listed": True}
    work.audit(Plate.kind, plate_id, "LICENSE_PLATE_IMPORTED")
    if plate is None:
        _create(work, org_id, record, values)
        return "created"
    _update(work, plate, values)
    return "updated"


def _create(work: UnitOfWork, org_id: str, record: PlateRecord, values: Mapping[str, Any]) -> None:
    plate_id = plate_id_of(org_id, record.lp_number)
    plate = plate_key(org_id, plate_id).new(
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
    _list_allocations(work, plate, before=frozenset())


def _update(work: UnitOfWork, plate: Plate, values: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if getattr(plate, name) != value}
    errors = dict(_contradictions(plate, changed))
    if plate.packed and "allocated" in changed and _drops_packed_line(work, plate, changed["allocated"]):
        errors["allocations"] = "must keep the lines of which something is packed: it may be of this plate"
    if errors:
        raise ValidationFailed(errors)
    if "sku" in changed and "allocated" not in values and plate.allocated:
        raise ValidationFailed({"sku": "has changed: name the allocations of the new product as well"})
    if changed:
        before = frozenset(plate.allocated or () if plate.is_listed else ())
        # Checked against the version, which each packing raises, so the remaining quantity is exact.
        remaining = changed.get("quantity", plate.quantity) - plate.packed
        work.update(plate, {**changed, "remaining": remaining, "updated_at": work.now})
        _list_allocations(work, plate, before)


def _list_allocations(work: UnitOfWork, plate: Plate, before: frozenset[str]) -> None:
    """Stage that the shipments show the plate at the lines that it is allocated to; `before` are those that do."""
    after = frozenset(plate.allocated or () if plate.is_listed else before)
    for text in sorted(after - before):
        _, line_id = allocated_line(text)
        values = {"plate_id": plate.plate_id, "line_id": line_id}
        key = allocated_plate_key(plate.org_id, text, plate.plate_id)
        work.update_unread(key, actions=set_actions(AllocatedPlate, values), audited=False)
    for text in sorted(before - after):
        key = allocated_plate_key(plate.org_id, text, plate.plate_id)
        work.remove(key, AllocatedPlate.plate_id == plate.plate_id, VersionConflict())


def _contradictions(plate: Plate, changed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not plate.packed:
        return
    for name in ("sku", "lot_number"):
        if name in changed:
            yield name, f"must stay {getattr(plate, name) or 'empty'}: some of this plate is packed"
    if changed.get("quantity", plate.quantity) < plate.packed:
        yield "quantity", f"must be at least {normalize(plate.packed)}, which are packed"


def _drops_packed_line(work: UnitOfWork, plate: Plate, allocated: set[str] | None) -> bool:
    """Return whether a line that the plate would no longer be allocated to may hold something of it.

    This holds as long as nothing more of the plate is packed, which raises the plate's version.
    """
    dropped = sorted((plate.allocated or set()) - (allocated or set()))
    keys = [line_key(plate.org_id, *allocated_line(text)) for text in dropped]
    lines = get_many(keys, work.clock)
    return any(line is not None and line.packed for line in map(lines.get, keys))


def _values(org_id: str, record: PlateRecord) -> dict[str, Any]:
    """Return the attributes of a plate that a record gives."""
    values: dict[str, Any] = {
        "sku": record.sku,
        "product_id": product_id_of(org_id, record.sku),
        "product_name": record.product_name,
        "quantity": normalize(to_decimal(record.quantity)),
    }
    if record.lot_number is not UNSET:
        values["lot_number"] = record.lot_number
    if record.expiry is not UNSET:
        values["expiry"] = None if record.expiry is None else record.expiry.isoformat()
    return values


def _allocated(work: UnitOfWork, sku: str, allocations: Sequence[_Allocation], result: ReadResult) -> set[str] | None:
    """Return the lines that the plate is allocated to. Raise `NotYet` or `ValidationFailed` for a wrong line."""
    missing = {
        f"allocations.{number}.{name}": error
        for number, each in enumerate(allocations)
        for name, error in each.missing(result)
    }
    if missing:
        raise NotYet(missing)
    for number, each in enumerate(allocations):
        error = ValidationFailed({f"allocations.{number}.line_number": _OTHER_PRODUCT})
        line = result.get(each.line)
        if line is None or line.sku != sku:
            raise error
        work.check_condition(each.line, ShipmentLine.sku == sku, error)
    return {each.text for each in allocations} or None


PLATES = Dataset(
    name="license-plates",
    title="license plates and what they were picked for",
    record=PlateRecord,
    permission=IMPORT_PLATES,
    entity_type=Plate.kind,
    action="LICENSE_PLATE_IMPORTED",
    key_field="lp_number",
    upsert=import_plate,
    example={
        "lp_number": "LP-000101",
        "sku": "BISC-ALM",
        "product_name": "Almond biscuits 250 g",
        "quantity": 60,
        "lot_number": "L2611A",
        "expiry": "2027-03-31",
        "allocations": [{"shipment_number": "SH-1001", "line_number": 1}],
    },
)
"""License plates by their number."""
