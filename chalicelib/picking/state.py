"""Where an assignment stands: the values that the rules fold its ledger into.

A state can be stored and read again. What is not stored with it is how earlier effects are undone (`effects`), since
that would grow with every scan; who wants to undo folds the ledger from the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.picking.log_lines import INFO, WARNING, LogLine
from chalicelib.picking.matching import NOTHING
from chalicelib.picking.working_time import Watch

LOG_LINES = 20
"""How many lines of the log are kept with the state, the newest."""


class Status(StrEnum):
    """Where an assignment stands, in a word."""

    QUEUED = "queued"
    ACTIVE = "active"
    COMPLETED = "completed"
    CLOSED = "closed"


class Kind(StrEnum):
    """What happened."""

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


class Entry(NamedTuple):
    """One entry of the ledger: the `seq`th to arrive, which happened `at` (milliseconds), done by somebody."""

    seq: int
    at: int
    kind: Kind
    by: str
    codes: tuple[str, ...] = ()
    """For a scan: what the label says the thing is."""
    amount: int = 1
    """For a scan: how many of it the label stands for."""
    people: tuple[str, ...] = ()
    """For a release: whose hands it leaves."""
    text: str = ""
    """For a claim the name of who takes it, for a close the reason."""

    @property
    def place(self) -> tuple[int, int]:
        """Where it belongs in the order of what happened."""
        return (self.at, self.seq)


class Person(NamedTuple):
    """What one person has done on the assignment. `stint` counts how often they took it in hand."""

    name: str
    units: Decimal = NOTHING
    watch: Watch = Watch()
    stint: int = 0


class Effect(NamedTuple):
    """Something that can be undone, and what is to be put back then."""

    says: str
    by: str
    picks: tuple[tuple[int, Decimal], ...] = ()
    counter: str | None = None
    """The count that it raised: `wraps`, `delays` or `breaks`."""
    unwrapped: bool | None = None
    shared: bool = False
    completed: bool = False
    people: Mapping[str, Person] = {}
    """Those whose watches it moved, as they were before."""


class State:
    """Where an assignment stands after some entries."""

    __slots__ = (
        "breaks",
        "closed",
        "delays",
        "effects",
        "ended_at",
        "holders",
        "last",
        "log",
        "people",
        "picked",
        "shared",
        "started_at",
        "unwrapped",
        "wraps",
    )

    def __init__(self) -> None:
        self.holders: dict[str, int] = {}
        """Who has it in hand, and since when; those who had it to the end stay."""
        self.people: dict[str, Person] = {}
        self.picked: dict[int, Decimal] = {}
        self.wraps = self.delays = self.breaks = 0
        self.unwrapped = False
        """Whether something was picked since the last wrap."""
        self.shared = self.closed = False
        self.started_at: int | None = None
        self.ended_at: int | None = None
        self.last: tuple[int, int] = (0, 0)
        """The place of the newest entry."""
        self.log: list[LogLine] = []
        self.effects: list[Effect] | None = []
        """What can be undone, the newest last; None if that is not known."""

    @property
    def status(self) -> Status:
        """Where it stands, in a word."""
        if self.closed:
            return Status.CLOSED
        if self.ended_at is not None:
            return Status.COMPLETED
        return Status.ACTIVE if self.holders else Status.QUEUED

    @property
    def units(self) -> Decimal:
        """How much is picked, by everybody."""
        return sum(self.picked.values(), NOTHING)

    def worked_ms(self, now: int) -> int:
        """How long everybody has worked on it, added up."""
        return sum(person.watch.worked_by(now) for person in self.people.values())

    def name(self, who: str) -> str:
        """What somebody is called."""
        return self.people[who].name if who in self.people else "Somebody"

    def say(self, entry: Entry, message: str, *, warning: bool = False) -> None:
        """Write a line into the log."""
        self.log.append(LogLine(entry.at, WARNING if warning else INFO, message))
        del self.log[:-LOG_LINES]

    def pick(self, who: str, picks: tuple[tuple[int, Decimal], ...], sign: int = 1) -> None:
        """Count picks, or take them back (`sign` -1)."""
        for number, amount in picks:
            self.picked[number] = self.picked.get(number, NOTHING) + sign * amount
            if not self.picked[number]:
                del self.picked[number]
            person = self.people[who]
            self.people[who] = person._replace(units=person.units + sign * amount)

    def watch(self, who: str, change: Callable[[Watch], Watch]) -> None:
        """Move somebody's watch."""
        person = self.people.get(who)
        if person is not None:
            self.people[who] = person._replace(watch=change(person.watch))

    def stop_all(self, at: int) -> None:
        """Nobody works on it any longer."""
        for who in self.people:
            self.watch(who, lambda watch: watch.stop(at))
