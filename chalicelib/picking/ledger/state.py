"""The state of an assignment: the values into which the rules fold its ledger.

A state can be stored and read again, except for `effects`, the data that undoes earlier entries: it would grow with
every scan. An undo therefore folds the ledger from the beginning.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.picking.ledger.calendar import calendar_of
from chalicelib.picking.ledger.effects import EffectStack, PickerProgress
from chalicelib.picking.ledger.holds import HoldingTime, holds_of
from chalicelib.picking.ledger.log_lines import INFO, WARNING, LogLine
from chalicelib.picking.ledger.matching import ONE, ZERO
from chalicelib.picking.ledger.working_time import WorkTimer

MAX_LOG_LINES = 20
"""The number of newest log lines that are kept with the state."""
_UNKNOWN_PICKER = "A picker"


class AssignmentStatus(StrEnum):
    """The status of an assignment.

    `queued`: it waits for a picker. `active`: at least one picker holds it. `completed`: every line is picked; undoing
    the last pick makes it `active` again. `closed`: it was ended early, with a reason.
    """

    QUEUED = "queued"
    ACTIVE = "active"
    COMPLETED = "completed"
    CLOSED = "closed"


class EntryKind(StrEnum):
    """The kinds of ledger entries."""

    SCAN = "scan"
    WRAP = "wrap"
    DELAY = "delay"
    BREAK = "break"
    SHARE = "share"
    UNDO = "undo"
    RECEIVED = "received"
    RESUMED = "resumed"
    OPENED = "opened"
    CLAIMED = "claimed"
    RELEASED = "released"
    CLOSED = "closed"
    SHORT = "short"


class ShortLine(NamedTuple):
    """Who closed a line short, with their name, when (milliseconds) and why."""

    by: str
    name: str
    at: int
    reason: str


class PickEntry(NamedTuple):
    """One entry of a ledger: its number in the order of arrival, its time (milliseconds), its kind and its person."""

    seq: int
    at: int
    kind: EntryKind
    by: str
    codes: tuple[str, ...] = ()
    """Of a scan: the codes on the label."""
    amount: Decimal = ONE
    """Of a scan: the quantity that the label stands for."""
    is_place: bool = False
    """Of a scan: whether the codes name a location, at which nothing is counted."""
    unit: str | None = None
    """Of a scan: the fingerprint of the unit, which counts once."""
    people: tuple[str, ...] = ()
    """Of a release: the ids of the holders who leave. Of a supervisor's assignment: the id of the new holder. Of a
    short line: the name of who closed it."""
    text: str = ""
    """Of a claim the picker's name, of a close or a short line the reason, of an event that a supervisor accepted its
    sender's name."""
    line_number: int | None = None
    """Of a short line: its number."""
    quantity: Decimal | None = None
    """Of a short line: what was picked of it in all; None if that is what was counted."""
    time_zone: str | None = None
    """The time zone of the organisation then, by its IANA name; None if the entry does not say it."""

    @property
    def position(self) -> tuple[int, int]:
        """Return the position in the order of time."""
        return (self.at, self.seq)


class DayCount(NamedTuple):
    """What one person scanned on one day: the units that count, and the scans that no line has."""

    units: Decimal = ZERO
    unmatched: int = 0


@dataclass(slots=True, eq=False)
class AssignmentState:
    """The state of an assignment after some entries."""

    holders: dict[str, int] = field(default_factory=dict)
    """The time since which each holder has had it; those who held it at the end remain."""
    ended_holds: list[HoldingTime] = field(default_factory=list)
    """The holds that were released, in the order of their ends."""
    people: dict[str, PickerProgress] = field(default_factory=dict)
    picked: dict[int, Decimal] = field(default_factory=dict)
    counted_units: set[str] = field(default_factory=set)
    """The fingerprints of the units that were counted and not taken back."""
    labels: dict[str, str] = field(default_factory=dict)
    """The location of each picker whose last scan was its label."""
    shorts: dict[int, ShortLine] = field(default_factory=dict)
    """The lines that were closed short, by their numbers."""
    wraps: int = 0
    delays: int = 0
    breaks: int = 0
    unwrapped: bool = False
    """Whether something was picked after the last wrap."""
    shared: bool = False
    closed: bool = False
    started_at: int | None = None
    ended_at: int | None = None
    last: tuple[int, int] = (0, 0)
    """The position of the newest entry."""
    log: list[LogLine] = field(default_factory=list)
    time_zone: str | None = None
    """The time zone of the days, from the first entry that says it; None means UTC."""
    days: dict[str, dict[str, DayCount]] = field(default_factory=dict)
    """What each person scanned, by day."""
    seen: dict[str, int] = field(default_factory=dict)
    """The time of each person's newest entry, up to which their work counts on its days."""
    effects: EffectStack | None = field(default_factory=EffectStack)
    """The effects that can be undone, the newest last; None if they are not known."""

    @property
    def status(self) -> AssignmentStatus:
        """Return the status."""
        if self.closed:
            return AssignmentStatus.CLOSED
        if self.ended_at is not None:
            return AssignmentStatus.COMPLETED
        return AssignmentStatus.ACTIVE if self.holders else AssignmentStatus.QUEUED

    @property
    def active_holders(self) -> frozenset[str]:
        """Return the ids of those who hold it and have something left to do."""
        return frozenset(self.holders) if self.status is AssignmentStatus.ACTIVE else frozenset()

    @property
    def holds(self) -> list[HoldingTime]:
        """Return who has held it, and when."""
        return holds_of(self.holders, self.ended_holds)

    @property
    def units(self) -> Decimal:
        """Return the picked quantity of all pickers."""
        return sum(self.picked.values(), ZERO)

    def worked_ms(self, now: int) -> int:
        """Return the sum of all pickers' working times."""
        return sum(person.timer.worked_by(now) for person in self.people.values())

    def name(self, user_id: str) -> str:
        """Return a picker's name."""
        return self.people[user_id].name if user_id in self.people else _UNKNOWN_PICKER

    def add_log_line(self, entry: PickEntry, message: str, *, warning: bool = False) -> None:
        """Add a line to the log."""
        self.log.append(LogLine(entry.at, WARNING if warning else INFO, message))
        del self.log[:-MAX_LOG_LINES]

    def day_of(self, at: int) -> str:
        """Return the date of a moment."""
        return calendar_of(self.time_zone).day_of(at)

    def begin_days(self, at: int) -> None:
        """Let the timers begin the days up to a time; call it before a timer changes."""
        calendar = calendar_of(self.time_zone)
        for user_id, person in self.people.items():
            timer = person.timer.begin_days(calendar, at)
            if timer is not person.timer:
                self.people[user_id] = person._replace(timer=timer)

    def count_scan(self, user_id: str, day: str, units: Decimal, unmatched: int = 0) -> None:
        """Add to what a person scanned on a day."""
        days = self.days.setdefault(user_id, {})
        before = days.get(day)
        count = DayCount(units, unmatched) if before is None else DayCount(before[0] + units, before[1] + unmatched)
        days[day] = count
        if not count.units and not count.unmatched:
            del days[day]
            if not days:
                del self.days[user_id]

    def pick(
        self, user_id: str, picks: tuple[tuple[int, Decimal], ...], day: str | None, *, is_taken_back: bool = False
    ) -> None:
        """Count picks on a day, or take them back; None is a day that is not counted."""
        sign = -1 if is_taken_back else 1
        for number, amount in picks:
            self.picked[number] = self.picked.get(number, ZERO) + sign * amount
            if not self.picked[number]:
                del self.picked[number]
            person = self.people[user_id]
            self.people[user_id] = person._replace(units=person.units + sign * amount)
            if day is not None:
                self.count_scan(user_id, day, sign * amount)

    def change_timer(self, user_id: str, change: Callable[[WorkTimer], WorkTimer]) -> None:
        """Change a picker's timer."""
        person = self.people.get(user_id)
        if person is not None:
            self.people[user_id] = person._replace(timer=change(person.timer))

    def stop_all(self, at: int) -> None:
        """Stop all timers."""
        for user_id in self.people:
            self.change_timer(user_id, lambda timer: timer.stop(at))
