"""Compares the lines of a shipment with those of a record, and finds what contradicts the packed items.

More of a line may be packed than was ordered, so a packed line may keep its quantity; only a new quantity has to cover
what is packed. The product and the unit of a packed line cannot change: its contents were packed as these.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from chalicelib.core.decimals import to_decimal
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.http import encoder
from chalicelib.packing.rules import normalize
from chalicelib.packing.shipments.schemas import DEFAULT_UOM, ShipmentLineRecord
from chalicelib.packing.shipments.tables import ShipmentLine, line_id_of, line_key

MAX_CHANGES, MAX_BYTES = 80, 150_000
"""The limits of one transaction: it takes a hundred items, and its audit row holds all of them."""

_FIXED = ("sku", "uom")
"""The attributes that a line keeps once something of it is packed."""


class LineChange(msgspec.Struct, frozen=True):
    """A stored line (None: it is new) and its new attributes (empty: it is removed).

    `newly_complete` is the change of the number of complete lines: 1, 0 or -1.
    """

    line: ShipmentLine | None
    values: Mapping[str, Any]
    newly_complete: int = 0

    @property
    def can_contradict(self) -> bool:
        """Return whether the change could contradict items that are packed in the meantime."""
        if self.line is None:
            return False
        is_lower = self.values.get("quantity", self.line.quantity) < self.line.quantity
        return is_lower or not self.values or not self.values.keys().isdisjoint(_FIXED)

    @property
    def size(self) -> int:
        """Return about how many bytes of an audit row the change takes."""
        before = self.values if self.line is None else self.line.attribute_values
        return len(encoder.encode(before)) + len(encoder.encode(self.values))


def diff_lines(
    shipment_id: str, lines: Mapping[str, ShipmentLine], records: Sequence[ShipmentLineRecord]
) -> Iterator[LineChange]:
    """Return the changes that give a shipment exactly the recorded lines; `lines` are the stored ones by id."""
    by_id = {line_id_of(shipment_id, record.line_number): record for record in records}
    for line_id, record in by_id.items():
        line = lines.get(line_id)
        if line is None:
            yield LineChange(None, {"line_id": line_id, **_values(record)})
        elif values := {name: value for name, value in _values(record).items() if getattr(line, name) != value}:
            yield LineChange(line, values, _newly_complete(line, values))
    yield from (LineChange(line, {}) for line_id, line in lines.items() if line_id not in by_id)


def first_changes(changes: Sequence[LineChange]) -> Sequence[LineChange]:
    """Return as many changes, from the first on, as fit into one transaction; at least one if there is any."""
    size = 0
    for number, change in enumerate(changes):
        size += change.size
        if number and (number == MAX_CHANGES or size > MAX_BYTES):
            return changes[:number]
    return changes


def stage_changes(work: UnitOfWork, org_id: str, shipment_id: str, changes: Iterable[LineChange]) -> None:
    """Stage changes of lines; each fails if its line has changed since it was read."""
    for change in changes:
        line, values = change.line, change.values
        if line is None:
            work.create(
                line_key(org_id, shipment_id, values["line_id"]).new(
                    shipment_id=shipment_id, packed=Decimal(0), **values
                )
            )
        elif values:
            work.update(line, values)
        else:
            work.delete(line)


def find_contradictions(
    lines: Mapping[str, ShipmentLine], shipment_id: str, records: Sequence[ShipmentLineRecord]
) -> dict[str, str]:
    """Return what contradicts the packed items, by field of the record."""
    errors: dict[str, str] = {}
    recorded = set()
    for number, record in enumerate(records):
        line = lines.get(line_id_of(shipment_id, record.line_number))
        if line is not None:
            recorded.add(line.line_id)
            errors |= {f"lines.{number}.{name}": error for name, error in _line_errors(line, _values(record))}
    missing = sorted(line.line_number for line in lines.values() if line.packed and line.line_id not in recorded)
    if missing:
        errors["lines"] = f"must have line {missing[0]}, of which something is packed"
    return errors


def _newly_complete(line: ShipmentLine, values: Mapping[str, Any]) -> int:
    if not line.packed:
        return 0
    before, after = line.quantity, values.get("quantity", line.quantity)
    return int(line.packed >= after) - int(line.packed >= before)


def _line_errors(line: ShipmentLine, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not line.packed:
        return
    for name in _FIXED:
        if values[name] != getattr(line, name):
            yield name, f"must stay {getattr(line, name)}: some of this line is packed"
    if values["quantity"] != line.quantity and values["quantity"] < line.packed:
        yield "quantity", f"must be at least {normalize(line.packed)}, which are packed"


def _values(record: ShipmentLineRecord) -> dict[str, Any]:
    """Return the attributes of a line that a record gives."""
    return {
        "line_number": record.line_number,
        "sku": record.sku,
        "product_name": record.product_name,
        "quantity": normalize(to_decimal(record.quantity)),
        "uom": record.uom or DEFAULT_UOM,
        "unit_weight": None if record.unit_weight is None else normalize(to_decimal(record.unit_weight)),
        "allergens": list(record.allergens or ()),
    }
