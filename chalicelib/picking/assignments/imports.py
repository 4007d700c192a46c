"""The dataset `pick-assignments`, identified by `assignment_ref`.

The reference becomes the id of the assignment. Customer, label, zone, route and priority may change until the
assignment is done, its lines only until it is first claimed, since picks are counted by line. An optional field that a
record omits keeps its value, and null resets it, as in all imports.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.actor import Actor
from chalicelib.core.decimals import to_decimal
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset, Outcome
from chalicelib.edge.types import NAME, SENTENCE, Code, Name, Scan
from chalicelib.picking.assignments.schemas import PickingRole
from chalicelib.picking.ledger.entries import decode_lines, encode_lines, encode_state
from chalicelib.picking.ledger.matching import MAX_PLACES, ZERO, PickLine, has_too_many_places
from chalicelib.picking.ledger.state import AssignmentState, AssignmentStatus
from chalicelib.picking.ledger.writer import queue_attributes
from chalicelib.picking.ledger.zone_counts import count_in_zone
from chalicelib.picking.permissions import IMPORT
from chalicelib.picking.tables import (
    PICK_HOURS,
    WAITING,
    Assignment,
    PickList,
    assignment_key,
    lines_key,
    list_key,
    list_place,
)

MAX_LINES = 500
MAX_LINES_BYTES = 300_000
"""The largest stored size of all lines; an item has at most 400 KB."""
MAX_QUANTITY = 1_000_000
AssignmentRef = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$(?!\n)",
        extra={SENTENCE: "must consist of letters, digits, '.', '_', '-' and single '/' between them only"},
    ),
]
"""A reference, whose parts may be divided by slashes. In a path each slash is written `%2F`."""
Name100 = Annotated[Name, Meta(max_length=100)]
Label100 = Annotated[str, NAME, Meta(max_length=100)]
Code128 = Annotated[Code, Meta(max_length=128)]
Quantity = Annotated[float, Meta(gt=0, le=MAX_QUANTITY)]
"""A float, which represents every number within these bounds as written; a Decimal would accept strings too."""
_DEFAULTS: Mapping[str, object] = {"zone": "", "route": "", "priority": 100}
"""The values of optional fields that no record has set."""
_OPEN = frozenset({AssignmentStatus.QUEUED, AssignmentStatus.ACTIVE})


class PackBarcode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A barcode of a pack, and the number of units in it."""

    code: Annotated[Scan, Meta(max_length=128)]
    """The code of the pack, such as the GTIN of a case."""
    quantity: Quantity
    """The number of units in the pack, with at most six decimal places. A scan of the code counts as so many."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return an error if the quantity has too many decimal places."""
        return _places_error(present)


Barcode = Annotated[Scan, Meta(max_length=128)] | PackBarcode
"""A code, or that of a pack. The API description shows any value: client generators have no type for either of two."""


class PickLineRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product at a location."""

    line_number: Annotated[int, Meta(ge=1, le=999_999)]
    """The number of the line, unique in the assignment. Of several lines with the same code, the lowest is filled
    first."""
    sku: Code128
    """The code of the product. A scan of it counts for the line."""
    quantity: Quantity
    """The number of units to pick, with at most six decimal places."""
    location: Code128
    """Where the product is stored. A scan of it confirms where the picker is, and counts nothing."""
    barcodes: Annotated[list[Barcode], Meta(max_length=20, extra_json_schema={"items": {}})] = []
    """Further codes by which the line is scanned, such as GTINs; they are tried first. That of a pack is an object with
    its `code` and the `quantity` of units in it."""
    pallet: Code128 | None = None
    """The pallet that the line belongs to; the scanner shows how many pallets there are."""
    uom: Annotated[Name, Meta(max_length=16)] | None = None
    """The unit of the quantity, such as `kg`. On lines in `kg` or `g` the net weight in a GS1 code is the quantity that
    its scan counts."""
    check_code: Annotated[Scan, Meta(max_length=128)] | None = None
    """The code at the location that shows that it is the right one. It is scanned after the label of the location, or
    instead of it, and counts nothing; that of another location is a warning. Several locations may have the same."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return an error if the quantity has too many decimal places."""
        return _places_error(present)

    def line(self) -> PickLine:
        """Return the line for the rules."""
        packs = [code for code in self.barcodes if isinstance(code, PackBarcode)]
        return PickLine(
            self.line_number,
            self.sku,
            to_decimal(self.quantity),
            self.location,
            tuple(code.code if isinstance(code, PackBarcode) else code for code in self.barcodes),
            self.pallet,
            tuple((pack.code, to_decimal(pack.quantity)) for pack in packs),
            self.uom,
            self.check_code,
        )


class AssignmentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A pick assignment for one role. Once it is completed or closed it can no longer be changed."""

    assignment_ref: AssignmentRef
    """Your own id of the assignment, such as `PA-1001` or `2026/WK48/17`. It becomes the `assignment_id`, and a record
    with the same one updates it."""
    customer: Name100
    """The name of the customer, as the scanner shows it."""
    order_label: Name100
    """The order, as the scanner shows it."""
    role: PickingRole
    """The role whose queue the assignment joins."""
    lines: Annotated[list[PickLineRecord], Meta(min_length=1, max_length=MAX_LINES)]
    """All lines of the assignment. They can be changed until it is first claimed."""
    zone: Label100 | UnsetType | None = UNSET
    """The zone of the warehouse. Omitted, it stays as it is; null empties it."""
    route: Label100 | UnsetType | None = UNSET
    """The delivery route. Omitted, it stays as it is; null empties it."""
    priority: Annotated[int, Meta(ge=0, le=9999)] | UnsetType | None = UNSET
    """Lower numbers are claimed first. Omitted, it stays as it is; a new one has 100, as has one that is set to
    null."""

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Return an error if two lines have the same number."""
        lines = present.get("lines")
        numbers = [line.line_number for line in lines] if isinstance(lines, list) else []
        return {"lines": "must each have a line_number of its own"} if len(set(numbers)) < len(numbers) else {}

    def values(self) -> dict[str, object]:
        """Return the attributes of the assignment that the record sets."""
        optional = {"zone": self.zone, "route": self.route, "priority": self.priority}
        return {
            **{
                name: _DEFAULTS[name] if value is None else value
                for name, value in optional.items()
                if value is not UNSET
            },
            "customer": self.customer,
            "order_label": self.order_label,
            "role": self.role,
            "quantity": sum((to_decimal(line.quantity) for line in self.lines), ZERO),
            "locations": len({line.location for line in self.lines}),
            "pallets": len({line.pallet for line in self.lines if line.pallet}),
        }


def _places_error(present: Mapping[str, object]) -> Mapping[str, str]:
    quantity = present.get("quantity")
    if not isinstance(quantity, float) or not has_too_many_places(to_decimal(quantity)):
        return {}
    return {"quantity": f"must have at most {MAX_PLACES} places"}


def upsert_assignment(work: UnitOfWork, record: AssignmentRecord, actor: Actor) -> Outcome:
    """Add or change one assignment. Raise `ValidationFailed` for a change that is no longer allowed."""
    actor.require_reach(IMPORT)
    key, its_lines = assignment_key(actor.org_id, record.assignment_ref), lines_key(actor.org_id, record.assignment_ref)
    lines = encode_lines([line.line() for line in record.lines])
    if len(lines.encode()) > MAX_LINES_BYTES:
        raise ValidationFailed({"lines": f"must not exceed {MAX_LINES_BYTES} bytes in total"})
    work.audit(Assignment.kind, record.assignment_ref, "ASSIGNMENT_IMPORTED")
    items = get_many([key, its_lines], work.clock)
    assignment, pick_list = items.get(key), items.get(its_lines)
    if assignment is None or pick_list is None:
        assignment = _new_assignment(work, actor.org_id, record)
        work.create(assignment, Conflict())
        count_in_zone(work, assignment)
        work.create(its_lines.new(assignment_id=record.assignment_ref, lines=lines), Conflict())
        PICK_HOURS.count(work, actor.org_id, created=1)
        return "created"
    _update_assignment(work, assignment, pick_list, record, lines)
    return "updated"


def _new_assignment(work: UnitOfWork, org_id: str, record: AssignmentRecord) -> Assignment:
    assignment = assignment_key(org_id, record.assignment_ref).new(
        assignment_id=record.assignment_ref,
        org_id=org_id,
        status=AssignmentStatus.QUEUED.value,
        seq=0,
        list_key=list_key(org_id, record.assignment_ref, AssignmentStatus.QUEUED.value),
        list_place=list_place(work.now, record.assignment_ref),
        units=ZERO,
        state=encode_state(AssignmentState()),
        created_at=work.now,
        updated_at=work.now,
    )
    for name, value in {**_DEFAULTS, **record.values()}.items():
        setattr(assignment, name, value)
    for name, value in queue_attributes(assignment, WAITING).items():
        setattr(assignment, name, value)
    return assignment


def _update_assignment(
    work: UnitOfWork, assignment: Assignment, pick_list: PickList, record: AssignmentRecord, lines: str
) -> None:
    values = {name: value for name, value in record.values().items() if getattr(assignment, name) != value}
    are_equal = decode_lines(pick_list.lines).all == decode_lines(lines).all
    if not values and are_equal:
        return
    if assignment.status not in _OPEN:
        raise ValidationFailed({"assignment_ref": f"is {assignment.status} and cannot be changed"})
    if not are_equal:
        if assignment.seq:
            raise ValidationFailed({"lines": "cannot be changed after the assignment was first claimed"})
        work.update(pick_list, {"lines": lines})
    if "role" in values and assignment.status == AssignmentStatus.ACTIVE:
        raise ValidationFailed({"role": "cannot be changed while a picker holds the assignment"})
    work.update(assignment, {**values, "updated_at": work.now})
    count_in_zone(work, assignment)
    if assignment.queue_place is not None:
        work.update(assignment, queue_attributes(assignment, assignment.queue_place[0]))


ASSIGNMENTS = Dataset(
    name="pick-assignments",
    title="pick assignments",
    record=AssignmentRecord,
    permission=IMPORT,
    entity_type=Assignment.kind,
    action="ASSIGNMENT_IMPORTED",
    key_field="assignment_ref",
    upsert=upsert_assignment,
    example={
        "assignment_ref": "PA-1001",
        "customer": "Zomer & Zoon",
        "order_label": "SO-20417",
        "role": "picker",
        "zone": "Ambient",
        "route": "North 3",
        "priority": 10,
        "lines": [
            {
                "line_number": 1,
                "sku": "4011-A",
                "quantity": 12,
                "location": "A-01-03",
                "barcodes": ["5901234123457"],
                "pallet": "P1",
            }
        ],
    },
)
"""The importer of assignments."""
