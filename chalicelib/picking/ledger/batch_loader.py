"""Reads what the events of a batch need from the store, in one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from typing import Any

from chalicelib.core.clock import Clock
from chalicelib.core.store import ItemKey, ReadResult, get_many, parallel_pair
from chalicelib.picking.ledger.entries import decode_lines, read_ledger
from chalicelib.picking.ledger.event_parsing import NOT_YOURS, ParsedEvent
from chalicelib.picking.ledger.state import EntryKind, PickEntry
from chalicelib.picking.ledger.writer import AssignmentWriter
from chalicelib.picking.tables import assignment_key, ingested_event_key, lines_key, picker_key

_MAX_KEYS = 100


class EventContext:
    """What was read for the events of one assignment, or for those without one (`seq`)."""

    def __init__(
        self, user_id: str, ingested: set[str], open_writer: Callable[[], AssignmentWriter | None], seq: int = 0
    ) -> None:
        self.user_id = user_id
        self.ingested = ingested
        """The ids of events that were ingested before."""
        self.seq = seq
        """The number of entries in the user's own ledger."""
        self._open_writer = open_writer

    @cached_property
    def writer(self) -> AssignmentWriter | None:
        """Return the assignment's writer; decoded on first use, so that a damaged one does not affect the others."""
        return self._open_writer()

    def rejection(self, event: ParsedEvent) -> str | None:
        """Return the reason for which the event has to be rejected, or None."""
        if event.assignment_id is None:
            return None
        if self.writer is None or self.user_id not in self.writer.state.holders:
            return NOT_YOURS
        return None


class BatchLoader:
    """Reads for the events of one user."""

    def __init__(self, org_id: str, user_id: str, clock: Clock) -> None:
        self._org_id = org_id
        self._user_id = user_id
        self._clock = clock

    def load(self, events: Sequence[ParsedEvent]) -> dict[str | None, EventContext]:
        """Return the context of each assignment that the events name (None: events without one).

        A ledger is read only where an event is an undo; elsewhere the stored state suffices. Raise `Unavailable`.
        """
        assignment_ids = list(dict.fromkeys(event.assignment_id for event in events))
        with_undo = {event.assignment_id for event in events if event.kind is EntryKind.UNDO and event.assignment_id}
        keys = self._keys(events, assignment_ids)
        parts, ledgers = parallel_pair(
            [
                partial(get_many, keys[start : start + _MAX_KEYS], self._clock)
                for start in range(0, len(keys), _MAX_KEYS)
            ],
            [partial(read_ledger, assignment_key(self._org_id, assignment_id).pk) for assignment_id in with_undo],
        )
        reads = _MergedReads(parts)
        entries = dict(zip(with_undo, ledgers, strict=True))
        event_ids = {event.event_id for event in events if event.event_id}
        ingested = {event_id for event_id in event_ids if reads.get(ingested_event_key(self._org_id, event_id))}
        return {
            assignment_id: self._context(assignment_id, reads, ingested, entries) for assignment_id in assignment_ids
        }

    def _keys(self, events: Iterable[ParsedEvent], assignment_ids: Iterable[str | None]) -> list[ItemKey[Any]]:
        keys: dict[ItemKey[Any], None] = {}
        for assignment_id in assignment_ids:
            if assignment_id is None:
                keys[picker_key(self._org_id, self._user_id)] = None
            else:
                keys[assignment_key(self._org_id, assignment_id)] = None
                keys[lines_key(self._org_id, assignment_id)] = None
        for event in events:
            keys[ingested_event_key(self._org_id, event.event_id or "")] = None
        return list(keys)

    def _context(
        self,
        assignment_id: str | None,
        reads: _MergedReads,
        ingested: set[str],
        entries: dict[str, list[PickEntry]],
    ) -> EventContext:
        if assignment_id is None:
            picker = reads.get(picker_key(self._org_id, self._user_id))
            return EventContext(self._user_id, set(ingested), _no_writer, picker.seq if picker else 0)
        assignment = reads.get(assignment_key(self._org_id, assignment_id))
        lines = reads.get(lines_key(self._org_id, assignment_id))
        if assignment is None or lines is None:
            return EventContext(self._user_id, set(ingested), _no_writer)

        def open_writer() -> AssignmentWriter:
            return AssignmentWriter(assignment, decode_lines(lines.lines), entries.get(assignment_id))

        return EventContext(self._user_id, set(ingested), open_writer)


def _no_writer() -> None:
    return None


class _MergedReads:
    """The results of several batch reads."""

    def __init__(self, parts: Sequence[ReadResult]) -> None:
        self._parts = parts

    def get(self, item_key: ItemKey[Any]) -> Any:
        """Return the item, or None."""
        return next((item for part in self._parts if (item := part.get(item_key)) is not None), None)
