"""What a work order adds to the totals of reports, and on which days; and the time between failures.

An order adds to the totals of its ride and zone, by the day and by the technician. What it adds follows from its
present state alone, but for the time of work, which is the sum of what technicians have spent in it. So a correction
is the difference to what the order has added before.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from chalicelib.maintenance.rules import WorkOrderState

NO_TECHNICIAN = ""


class DayKey(NamedTuple):
    """The day, as `2026-03-14`, and the id of the technician, empty for none."""

    day: str
    technician_id: str = NO_TECHNICIAN


class Figures(NamedTuple):
    """What an order adds at one place; times are in milliseconds.

    `repairs` are those done orders whose start is known, and `repair` is the sum of their times to repair.
    """

    opened: int = 0
    labour: int = 0
    done: int = 0
    overdue: int = 0
    repairs: int = 0
    repair: int = 0

    def plus(self, other: "Figures") -> "Figures":
        """Return the sum."""
        return Figures(*(one + more for one, more in zip(self, other, strict=True)))

    def minus(self, other: "Figures") -> "Figures":
        """Return the difference."""
        return Figures(*(one - less for one, less in zip(self, other, strict=True)))


NOTHING = Figures()
FiguresByDay = Mapping[DayKey, Figures]


class OrderFacts(NamedTuple):
    """What the figures of an order follow from; days are local ones.

    `closed_on` is None while it is open. `was_late` says whether it was past its due date when it was closed or put on
    hold; it is False while its clock runs, since such an order is found by its due date. `repair` is the time to repair
    in milliseconds, None if it was not started.
    """

    state: WorkOrderState
    technician_id: str
    opened_on: str
    due_on: str
    closed_on: str | None
    was_late: bool
    repair: int | None


def figures_of(facts: OrderFacts, labour: Mapping[DayKey, int]) -> dict[DayKey, Figures]:
    """Return what an order adds to the totals; `labour` is the milliseconds of work at each place."""
    parts = [(place, Figures(labour=spent)) for place, spent in labour.items()]
    parts.append((DayKey(facts.opened_on), Figures(opened=1)))
    if facts.state is WorkOrderState.DONE and facts.closed_on is not None:
        repair = Figures() if facts.repair is None else Figures(repairs=1, repair=facts.repair)
        parts.append((DayKey(facts.closed_on, facts.technician_id), repair._replace(done=1)))
    if facts.was_late:
        parts.append((DayKey(facts.due_on, facts.technician_id), Figures(overdue=1)))
    return _summed(parts)


def differences(before: FiguresByDay, after: FiguresByDay) -> dict[DayKey, Figures]:
    """Return by how much the totals of each place change."""
    changes = {place: after.get(place, NOTHING).minus(before.get(place, NOTHING)) for place in {**before, **after}}
    return {place: change for place, change in sorted(changes.items()) if change != NOTHING}


def was_late(state: WorkOrderState, due_at: datetime, closed_at: datetime | None, held_at: datetime | None) -> bool:
    """Return whether an order was past its due date when it was closed, or when its clock was stopped by a hold."""
    stopped_at = held_at if state is WorkOrderState.ON_HOLD else closed_at
    return stopped_at is not None and due_at < stopped_at


class Openings(NamedTuple):
    """How often work orders of a ride were opened, and the first and the last moment, in milliseconds."""

    number: int
    first: int
    last: int

    def plus(self, other: "Openings") -> "Openings":
        """Return those of both."""
        return Openings(self.number + other.number, min(self.first, other.first), max(self.last, other.last))


def time_between_failures(rides: Iterable[Openings]) -> Decimal | None:
    """Return the mean milliseconds between two openings of the same ride; None if no ride has two."""
    several = [ride for ride in rides if ride.number > 1]
    gaps = sum(ride.number - 1 for ride in several)
    return Decimal(sum(ride.last - ride.first for ride in several)) / gaps if gaps else None


def _summed(parts: Iterable[tuple[DayKey, Figures]]) -> dict[DayKey, Figures]:
    sums: dict[DayKey, Figures] = {}
    for place, figures in parts:
        sums[place] = sums.get(place, NOTHING).plus(figures)
    return {place: figures for place, figures in sums.items() if figures != NOTHING}
