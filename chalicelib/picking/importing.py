"""The dataset `pick-assignments`: what is to be picked, found by its reference.

The reference becomes the id of the assignment. What people read (customer, label, zone, route) and the priority may
change until it is done; the lines only until somebody has taken it, since what was picked is counted by them. What a
record leaves out of what it need not say stays as it is, and null takes it away, as everywhere in imports.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.imports import Dataset, Outcome
from chalicelib.edge.types import NOT_BLANK, EntityId
from chalicelib.picking import ledger
from chalicelib.picking.book import queued
from chalicelib.picking.matching import NOTHING, Line
from chalicelib.picking.schemas import PickingRole
from chalicelib.picking.state import State, Status
from chalicelib.picking.tables import WAITING, Assignment, PickList, assignment_key, lines_key

IMPORT = "picking.assignment.import"
MAX_LINES = 500
LONGEST = 300_000
"""Bytes of all lines as they are stored; an item may have 400 KB."""
MOST = 1_000_000
_PLACES = 6
Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
Code = Annotated[str, NOT_BLANK, Meta(max_length=128)]
Label = Annotated[str, Meta(max_length=100)]
Quantity = Annotated[float, Meta(gt=0, le=MOST)]
"""As a float, which prints every number within these bounds as it was written; a decimal would take texts as well."""
_UNSAID: Mapping[str, object] = {"zone": "", "route": "", "priority": 100}
"""What is taken for that which no record has said."""
_OPEN = frozenset({Status.QUEUED, Status.ACTIVE})


class LineRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of a SKU at a location; `barcodes` are further codes by which it is scanned."""

    line_number: Annotated[int, Meta(ge=1, le=999_999)]
    sku: Code
    quantity: Quantity
    location: Code
    barcodes: Annotated[list[Code], Meta(max_length=20)] = []
    pallet: Code | None = None

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """The quantity is exact."""
        quantity = present.get("quantity")
        if not isinstance(quantity, float) or _exact(quantity) == round(_exact(quantity), _PLACES):
            return {}
        return {"quantity": f"must have at most {_PLACES} places"}

    def line(self) -> Line:
        """As the rules know it."""
        amount = _exact(self.quantity)
        return Line(self.line_number, self.sku, amount, self.location, tuple(self.barcodes), self.pallet)


class AssignmentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to be picked by those of one role; priority 0 is first."""

    assignment_ref: EntityId
    customer: Text100
    order_label: Text100
    role: PickingRole
    lines: Annotated[list[LineRecord], Meta(min_length=1, max_length=MAX_LINES)]
    zone: Label | UnsetType | None = UNSET
    route: Label | UnsetType | None = UNSET
    priority: Annotated[int, Meta(ge=0, le=9999)] | UnsetType | None = UNSET

    @staticmethod
    def cross_check(present: Mapping[str, object]) -> Mapping[str, str]:
        """Each line has its own number."""
        lines = present.get("lines")
        numbers = [one.line_number for one in lines] if isinstance(lines, list) else []
        return {"lines": "must each have a line_number of its own"} if len(set(numbers)) < len(numbers) else {}

    def values(self) -> dict[str, object]:
        """The attributes of the assignment that come from here; what the record leaves out is not there."""
        said = {"zone": self.zone, "route": self.route, "priority": self.priority}
        return {
            **{name: _UNSAID[name] if value is None else value for name, value in said.items() if value is not UNSET},
            "customer": self.customer,
            "order_label": self.order_label,
            "role": self.role,
            "quantity": sum((_exact(line.quantity) for line in self.lines), NOTHING),
            "locations": len({line.location for line in self.lines}),
            "pallets": len({line.pallet for line in self.lines if line.pallet}),
        }


def _exact(number: float) -> Decimal:
    """A quantity as it was written, in one form whether it was `5` or `5.0`."""
    return Decimal(repr(number).removesuffix(".0"))


def upsert_assignment(work: UnitOfWork, actor: Actor, record: AssignmentRecord) -> Outcome:
    """Add or change one assignment. Raises `ValidationFailed` or `Conflict`."""
    actor.require_reach(IMPORT)
    where = assignment_key(actor.org_id, record.assignment_ref)
    lines_at = lines_key(actor.org_id, record.assignment_ref)
    lines = ledger.encode_lines([line.line() for line in record.lines])
    if len(lines.encode()) > LONGEST:
        raise ValidationFailed({"lines": f"are too long: together they may have {LONGEST} bytes"})
    work.audit(Assignment.kind, record.assignment_ref, "ASSIGNMENT_IMPORTED")
    found = get_many([where, lines_at], dependencies().clock)
    assignment, pick_list = found.get(where), found.get(lines_at)
    if assignment is None or pick_list is None:
        work.create(_new(work, actor.org_id, record), Conflict())
        work.create(PickList(lines_at.pk, lines_at.sk, assignment_id=record.assignment_ref, lines=lines), Conflict())
        return "created"
    _change(work, assignment, pick_list, record, lines)
    return "updated"


def _new(work: UnitOfWork, org_id: str, record: AssignmentRecord) -> Assignment:
    where = assignment_key(org_id, record.assignment_ref)
    made = Assignment(
        where.pk,
        where.sk,
        assignment_id=record.assignment_ref,
        org_id=org_id,
        status=Status.QUEUED.value,
        seq=0,
        units=NOTHING,
        state=ledger.encode_state(State()),
        created_at=work.now,
        updated_at=work.now,
    )
    for name, value in {**_UNSAID, **record.values()}.items():
        setattr(made, name, value)
    for name, value in queued(made, WAITING).items():
        setattr(made, name, value)
    return made


def _change(
    work: UnitOfWork, assignment: Assignment, pick_list: PickList, record: AssignmentRecord, lines: str
) -> None:
    values = {name: value for name, value in record.values().items() if getattr(assignment, name) != value}
    if not values and pick_list.lines == lines:
        return
    if assignment.status not in _OPEN:
        raise ValidationFailed({"assignment_ref": f"is {assignment.status} and cannot be changed"})
    if pick_list.lines != lines:
        if assignment.seq:
            raise ValidationFailed({"lines": "cannot be changed once somebody has taken it"})
        work.update(pick_list, {"lines": lines})
    work.update(assignment, {**values, "updated_at": work.now})
    if assignment.queue_place is not None:
        work.update(assignment, queued(assignment, assignment.queue_place[0]))


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
"""Assignments by their reference."""
