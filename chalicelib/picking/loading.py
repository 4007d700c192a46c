"""What a batch of events needs to know of the store, all of it in one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import Any

from chalicelib.core.clock import Clock
from chalicelib.core.store import ItemKey, ReadResult, get_many, parallel
from chalicelib.picking import intake, ledger
from chalicelib.picking.book import Book
from chalicelib.picking.intake import Sent
from chalicelib.picking.state import Entry, Kind
from chalicelib.picking.tables import assignment_key, lines_key, picker_key, taken_key

_AT_ONCE = 100


class Loaded:
    """What is known for the events of one assignment (`book`), or for those that belong to none (`seq`)."""

    def __init__(self, user_id: str, taken: set[str], open_book: Callable[[], Book | None], seq: int = 0) -> None:
        self.user_id = user_id
        self.taken = taken
        """Those of the events that were taken before."""
        self.seq = seq
        """How many entries the ledger of the person's own has."""
        self._open_book = open_book

    @cached_property
    def book(self) -> Book | None:
        """The assignment, opened when it is needed: one that cannot be must not stop the others."""
        return self._open_book()

    def objection(self, event: Sent) -> str | None:
        """Why the event cannot be taken as things stand; None if it can."""
        if event.assignment_id is None:
            return None
        if self.book is None or self.book.since(self.user_id) is None:
            return intake.NOT_YOURS
        return None


class Loader:
    """Loads for one person."""

    def __init__(self, org_id: str, user_id: str, clock: Clock) -> None:
        self._org_id = org_id
        self._user_id = user_id
        self._clock = clock

    def load(self, events: Sequence[Sent]) -> dict[str | None, Loaded]:
        """What is known of each assignment that the events name (None: of none). Raises `Unavailable`.

        The ledger comes too where something is to be undone; elsewhere the stored state is enough.
        """
        named = list(dict.fromkeys(event.assignment_id for event in events))
        undone = {event.assignment_id for event in events if event.kind is Kind.UNDO and event.assignment_id}
        keys = self._keys(events, named)
        items: list[Callable[[], Any]] = [
            partial(get_many, keys[start : start + _AT_ONCE], self._clock) for start in range(0, len(keys), _AT_ONCE)
        ]
        ledgers: list[Callable[[], Any]] = [
            partial(ledger.read_ledger, assignment_key(self._org_id, one).pk) for one in undone
        ]
        answers: list[Any] = parallel([*items, *ledgers])
        found = _All(answers[: len(items)])
        entries = dict(zip(undone, answers[len(items) :], strict=True))
        taken = {one.event_id for one in events if one.event_id and found.get(taken_key(self._org_id, one.event_id))}
        return {one: self._loaded(one, found, taken, entries) for one in named}

    def _keys(self, events: Iterable[Sent], named: Iterable[str | None]) -> list[ItemKey[Any]]:
        keys: dict[ItemKey[Any], None] = {}
        for one in named:
            if one is None:
                keys[picker_key(self._org_id, self._user_id)] = None
            else:
                keys[assignment_key(self._org_id, one)] = keys[lines_key(self._org_id, one)] = None
        for event in events:
            keys[taken_key(self._org_id, event.event_id or "")] = None
        return list(keys)

    def _loaded(
        self, assignment_id: str | None, found: _All, taken: set[str], entries: dict[str, list[Entry]]
    ) -> Loaded:
        if assignment_id is None:
            picker = found.get(picker_key(self._org_id, self._user_id))
            return Loaded(self._user_id, set(taken), _no_book, picker.seq if picker else 0)
        assignment = found.get(assignment_key(self._org_id, assignment_id))
        lines = found.get(lines_key(self._org_id, assignment_id))
        if assignment is None or lines is None:
            return Loaded(self._user_id, set(taken), _no_book)

        def open_book() -> Book:
            return Book(assignment, ledger.decode_lines(lines.lines), entries.get(assignment_id))

        return Loaded(self._user_id, set(taken), open_book)


def _no_book() -> None:
    return None


class _All:
    """What several batch reads found."""

    def __init__(self, parts: Sequence[ReadResult]) -> None:
        self._parts = parts

    def get(self, wanted: ItemKey[Any]) -> Any:
        """The item, or None."""
        return next((item for part in self._parts if (item := part.get(wanted)) is not None), None)
