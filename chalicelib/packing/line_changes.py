"""What a record changes about the lines of a shipment, and what of that contradicts what is packed already.

More of a line may be packed than was ordered, so a line that is packed may keep its quantity whatever it is; only a new
one has to leave room for what lies in boxes. The product and the unit of a line are what its contents were packed as.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.http import encoder
from chalicelib.packing.keys import line_id_of, line_key
from chalicelib.packing.records import DEFAULT_UOM, LineRecord
from chalicelib.packing.rules import exact, shown
from chalicelib.packing.tables import Line

MAX_LINES, MAX_BYTES = 80, 150_000
"""Of one transaction: it takes a hundred items, and its audit row tells all of it."""


_FIXED = ("sku", "uom")
"""What a line's contents were packed as."""


class LineChange(msgspec.Struct, frozen=True):
    """A line as it is stored (None: it is new) and the attributes that it gets (none: it goes).

    `newly_complete` is by how much it changes the number of lines of which all is packed: 1, 0 or -1.
    """

    line: Line | None
    values: Mapping[str, Any]
    newly_complete: int = 0

    @property
    def can_contradict(self) -> bool:
        """Whether it would not do if more of the line were packed in the meantime."""
        if self.line is None:
            return False
        lower = self.values.get("quantity", self.line.quantity) < self.line.quantity
        return lower or not self.values or not self.values.keys().isdisjoint(_FIXED)

    @property
    def size(self) -> int:
        """About how many bytes an audit row needs to tell of it."""
        before = self.values if self.line is None else self.line.attribute_values
        return len(encoder.encode(before)) + len(encoder.encode(self.values))


def changes(shipment_id: str, lines: Mapping[str, Line], wanted: Sequence[LineRecord]) -> Iterator[LineChange]:
    """What has to be done so that a shipment has exactly these lines; `lines` are those that it has, by id."""
    ids = {line_id_of(shipment_id, one.line_number): one for one in wanted}
    for line_id, one in ids.items():
        line = lines.get(line_id)
        if line is None:
            yield LineChange(None, {"line_id": line_id, **_values(one)})
        elif values := {name: value for name, value in _values(one).items() if getattr(line, name) != value}:
            yield LineChange(line, values, _newly_complete(line, values))
    yield from (LineChange(line, {}) for line_id, line in lines.items() if line_id not in ids)


def together(some: Sequence[LineChange]) -> Sequence[LineChange]:
    """As many of these, from the first on, as go into one transaction; at least one if there is any."""
    size = 0
    for number, change in enumerate(some):
        size += change.size
        if number and (number == MAX_LINES or size > MAX_BYTES):
            return some[:number]
    return some


def stage(work: UnitOfWork, org_id: str, shipment_id: str, change: LineChange) -> None:
    """Stage one change of a line; it holds while nothing was packed since the line was read."""
    line, values = change.line, change.values
    if line is None:
        where = line_key(org_id, shipment_id, values["line_id"])
        work.create(Line(where.pk, where.sk, shipment_id=shipment_id, packed=Decimal(0), **values))
    elif values:
        work.update(line, values)
    else:
        work.delete(line)


def contradictions(lines: Mapping[str, Line], shipment_id: str, wanted: Sequence[LineRecord]) -> dict[str, str]:
    """What of the wanted lines does not go with what is packed, by field of the record."""
    flaws: dict[str, str] = {}
    there = set()
    for number, one in enumerate(wanted):
        line = lines.get(line_id_of(shipment_id, one.line_number))
        if line is not None:
            there.add(line.line_id)
            flaws |= {f"lines.{number}.{name}": flaw for name, flaw in _against(line, _values(one))}
    gone = sorted(line.line_number for line in lines.values() if line.packed and line.line_id not in there)
    if gone:
        flaws["lines"] = f"must have line {gone[0]}, of which something is packed"
    return flaws


def _newly_complete(line: Line, values: Mapping[str, Any]) -> int:
    if not line.packed:
        return 0
    before, after = line.quantity, values.get("quantity", line.quantity)
    return int(line.packed >= after) - int(line.packed >= before)


def _against(line: Line, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not line.packed:
        return
    for name in _FIXED:
        if values[name] != getattr(line, name):
            yield name, f"must stay {getattr(line, name)}: some of this line is packed"
    if values["quantity"] != line.quantity and values["quantity"] < line.packed:
        yield "quantity", f"must be at least {shown(line.packed)}, which are packed"


def _values(record: LineRecord) -> dict[str, Any]:
    """A line's attributes as a record says them."""
    return {
        "line_number": record.line_number,
        "sku": record.sku,
        "product_name": record.product_name,
        "quantity": shown(exact(record.quantity)),
        "uom": record.uom or DEFAULT_UOM,
        "unit_weight": None if record.unit_weight is None else shown(exact(record.unit_weight)),
        "allergens": list(record.allergens or ()),
    }
