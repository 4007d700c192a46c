"""Reads what the events of a batch need from the store, in one round trip."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

import msgspec

from chalicelib.core.clock import Clock
from chalicelib.core.store import BATCH, ItemKey, get_many, parallel_pair_reads
from chalicelib.picking.ledger.entries import decode_lines
from chalicelib.picking.ledger.event_parsing import ParsedEvent
from chalicelib.picking.ledger.holds import HoldingTime, place_event
from chalicelib.picking.ledger.state import EntryKind
from chalicelib.picking.ledger.tables import EventRecord, LedgerSegment, event_record_key
from chalicelib.picking.ledger.tails import newest_segments
from chalicelib.picking.ledger.writer import AssignmentWriter
from chalicelib.picking.tables import Assignment, PickList, assignment_key, lines_key, picker_key

_SEGMENTS = 4
"""The number of segments that are read for an undo before it is known how many it needs."""


class EventContext(msgspec.Struct, kw_only=True, dict=True):
    """What was read for the events of an assignment, or for those without one (`seq`)."""

    user_id: str
    records: Mapping[str, EventRecord]
    """The records of events that were ingested or rejected before, by their ids."""
    is_own_ledger: bool = False
    seq: int = 0
    """The number of entries in the user's own ledger."""
    assignment: Assignment | None = None
    lines: PickList | None = None
    newest_segments: Sequence[LedgerSegment] | None = None

    @cached_property
    def writer(self) -> AssignmentWriter | None:
        """Return the assignment's writer; decoded on first use, so that damaged data does not affect other lanes."""
        if self.assignment is None or self.lines is None:
            return None
        return AssignmentWriter(self.assignment, decode_lines(self.lines.lines), self.newest_segments)

    @cached_property
    def holds(self) -> list[HoldingTime]:
        """Return who has held the assignment; the user's own ledger has always been theirs."""
        if self.is_own_ledger:
            return [HoldingTime(self.user_id, 0)]
        return [] if self.writer is None else self.writer.state.holds

    def place(self, events: Iterable[ParsedEvent], arrived_at: int) -> dict[int, int]:
        """Return the times of the events in the ledger, by their places in the batch, without those of other holders.

        No event happened after it arrived, and none before an earlier one of the batch and of the same hold.
        """
        placed: dict[int, int] = {}
        newest: dict[int, int] = {}
        for event in events:
            if event.reason is None:
                found = place_event(self.holds, self.user_id, min(event.happened_at, arrived_at))
                if found is not None:
                    placed[event.index] = newest[found.since] = max(found.at, newest.get(found.since, found.at))
        return placed

    @property
    def settled(self) -> set[str]:
        """Return the ids of events that the client may forget."""
        return {event_id for event_id, record in self.records.items() if record.is_settled}


class BatchLoader:
    """Reads for the events of one user."""

    def __init__(self, org_id: str, user_id: str, clock: Clock) -> None:
        self._org_id = org_id
        self._user_id = user_id
        self._clock = clock

    def load(self, events: Sequence[ParsedEvent]) -> dict[str | None, EventContext]:
        """Return the context of each assignment that the events name (None: events without an assignment).

        The newest segments are read only where an event is an undo; elsewhere the stored state suffices. Raise
        `Unavailable`.
        """
        assignment_ids = list(dict.fromkeys(event.assignment_id for event in events))
        with_undo = {event.assignment_id for event in events if event.kind is EntryKind.UNDO and event.assignment_id}
        keys = self._keys(events, assignment_ids)
        batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
        parts, segments = parallel_pair_reads(
            [partial(get_many, batch, self._clock) for batch in batches],
            [partial(_newest_segments, assignment_key(self._org_id, assignment_id).pk) for assignment_id in with_undo],
        )
        items = {key: part.get(key) for part, batch in zip(parts, batches, strict=True) for key in batch}
        newest = dict(zip(with_undo, segments, strict=True))
        event_ids = {event.event_id for event in events if event.event_id}
        records = {event_id: items[event_record_key(self._org_id, event_id)] for event_id in event_ids}
        known = {event_id: record for event_id, record in records.items() if record is not None}
        return {assignment_id: self._context(assignment_id, items, known, newest) for assignment_id in assignment_ids}

    def _keys(self, events: Iterable[ParsedEvent], assignment_ids: Iterable[str | None]) -> list[ItemKey[Any]]:
        keys: dict[ItemKey[Any], None] = {}
        for assignment_id in assignment_ids:
            if assignment_id is None:
                keys[picker_key(self._org_id, self._user_id)] = None
            else:
                keys[assignment_key(self._org_id, assignment_id)] = None
                keys[lines_key(self._org_id, assignment_id)] = None
        for event in events:
            keys[event_record_key(self._org_id, event.event_id or "")] = None
        return list(keys)

    def _context(
        self,
        assignment_id: str | None,
        items: Mapping[ItemKey[Any], Any],
        records: Mapping[str, EventRecord],
        newest: Mapping[str, Sequence[LedgerSegment]],
    ) -> EventContext:
        if assignment_id is None:
            picker = items[picker_key(self._org_id, self._user_id)]
            seq = picker.seq if picker else 0
            return EventContext(user_id=self._user_id, records=records, is_own_ledger=True, seq=seq)
        return EventContext(
            user_id=self._user_id,
            records=records,
            assignment=items[assignment_key(self._org_id, assignment_id)],
            lines=items[lines_key(self._org_id, assignment_id)],
            newest_segments=newest.get(assignment_id),
        )


def _newest_segments(ledger: str) -> list[LedgerSegment]:
    """Return the last segments of a ledger, oldest first."""
    rows = newest_segments(ledger).read(_SEGMENTS)
    return [LedgerSegment.from_raw_data(dict(item)) for item in reversed(rows.items)]
