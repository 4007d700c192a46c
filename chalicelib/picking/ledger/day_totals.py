"""The totals of each person's work on each day and in each zone, which change with the ledgers.

An assignment remembers what of its work the totals contain, and a total changes by the difference. So a late event, an
undo or another zone correct the right totals. Most changes are of one total. Of a change of many, those for which the
transaction has no room are made just after the commit, or else with the next change of the assignment.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.entries import decode_state
from chalicelib.picking.ledger.matching import ZERO
from chalicelib.picking.ledger.state import AssignmentState
from chalicelib.picking.ledger.tables import DayTotal, day_total_key
from chalicelib.picking.ledger.zone_counts import remember_counted
from chalicelib.picking.tables import Assignment, assignment_key

MAX_REPAIRED = 90
"""The most totals in a unit of work that changes nothing else."""


class DayPlace(NamedTuple):
    """Whose work it is, on which day and in which zone, and for which role the assignment is."""

    day: str
    user_id: str
    zone: str
    role: str


class DayWork(NamedTuple):
    """The units, the milliseconds of work, and the scans that no line has."""

    units: Decimal = ZERO
    worked: int = 0
    unmatched: int = 0

    def minus(self, other: "DayWork") -> "DayWork":
        """Return the difference."""
        return DayWork(self.units - other.units, self.worked - other.worked, self.unmatched - other.unmatched)


_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(list[tuple[DayPlace, DayWork]])


def work_of(assignment: Assignment, state: AssignmentState) -> dict[DayPlace, DayWork]:
    """Return the work on an assignment, without places where it is nothing."""
    found: dict[DayPlace, DayWork] = {}
    for user_id, days in state.days.items():
        for day, count in days.items():
            found[_place(assignment, user_id, day)] = DayWork(count.units, 0, count.unmatched)
    for user_id, person in state.people.items():
        for day, worked in person.timer.worked_on_days(state.seen.get(user_id, 0)).items():
            place = _place(assignment, user_id, day)
            found[place] = found.get(place, DayWork())._replace(worked=worked)
    return {place: work for place, work in found.items() if work != DayWork()}


def counted_work(assignment: Assignment) -> dict[DayPlace, DayWork]:
    """Return what of the work on an assignment the totals contain."""
    return dict(_decoder.decode(assignment.day_work)) if assignment.day_work else {}


def count_days(work: UnitOfWork, assignment: Assignment, state: AssignmentState, room: int) -> Mapping[str, str | None]:
    """Stage the changes of totals, of at most `room` items; return what the assignment remembers of them."""
    counted, now = counted_work(assignment), work_of(assignment, state)
    changed = sorted(place for place in counted.keys() | now.keys() if counted.get(place) != now.get(place))
    room = max(0, room)
    for place in changed[:room]:
        after = now.get(place, DayWork())
        person, change = state.people.get(place.user_id), after.minus(counted.pop(place, DayWork()))
        _add(work, assignment.org_id, place, change, None if person is None else person.name)
        if after != DayWork():
            counted[place] = after
    if len(changed) > room:
        later = partial(_count_later, org_id=assignment.org_id, ref=assignment.assignment_id)
        work.follow_ups.append((assignment.org_id, later))
    return {"day_work": _encoder.encode(sorted(counted.items())).decode() if counted else None}


def _count_later(work: UnitOfWork, *, org_id: str, ref: str) -> None:
    assignment = get(assignment_key(org_id, ref))
    if assignment is not None:
        counted = count_days(work, assignment, decode_state(assignment.state), MAX_REPAIRED)
        remember_counted(work, assignment, "day_work", counted["day_work"])


def _add(work: UnitOfWork, org_id: str, place: DayPlace, change: DayWork, name: str | None) -> None:
    names = {} if name is None else {"user_name": name}
    values = {**place._asdict(), **names}
    work.update_unread(
        day_total_key(org_id, *place),
        actions=[
            *(getattr(DayTotal, field).add(amount) for field, amount in change._asdict().items() if amount),
            *(getattr(DayTotal, field).set(value) for field, value in values.items()),
        ],
        audited=False,
    )


def _place(assignment: Assignment, user_id: str, day: str) -> DayPlace:
    return DayPlace(day, user_id, assignment.zone, assignment.role)
