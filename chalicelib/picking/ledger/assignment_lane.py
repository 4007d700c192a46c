"""Records the events of one assignment, or those without one, in transactions one after the other.

A transaction that fails a condition is decided again on fresh reads. Otherwise the next one starts from what the last
one has left, so only the first has to read. If one of several makes a snapshot, what it is folded from is read while
the first is committed.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.commit import MAX_ITEMS
from chalicelib.core.deadline import has_time
from chalicelib.core.errors import BatonError, Unavailable
from chalicelib.core.parallel import parallel
from chalicelib.core.runner import Runner
from chalicelib.core.store import store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger import event_parsing
from chalicelib.picking.ledger.batch_loader import BatchLoader, EventContext
from chalicelib.picking.ledger.entries import StoredEntry, encoded_size, event_entry, new_segment
from chalicelib.picking.ledger.event_parsing import ParsedEvent
from chalicelib.picking.ledger.matching import read_code
from chalicelib.picking.ledger.rejections import close_record
from chalicelib.picking.ledger.schemas import EventStatus
from chalicelib.picking.ledger.shorts import MAX_SHORTS_AT_ONCE
from chalicelib.picking.ledger.state import EntryKind
from chalicelib.picking.ledger.tables import ingested_event
from chalicelib.picking.ledger.tails import LedgerTail
from chalicelib.picking.ledger.writer import FURTHER_ITEMS, MAX_HOLDERS, AssignmentWriter
from chalicelib.picking.tables import Assignment, Picker, picker_key

ACTION = "PICK_EVENTS_RECORDED"
CRASHED = "internal_error"
MAX_EVENTS_AT_ONCE = MAX_ITEMS - MAX_HOLDERS - MAX_SHORTS_AT_ONCE - FURTHER_ITEMS - 2
"""The largest number of events in a transaction. The other items are the segment, the assignment, the audit row, the
hourly counts, a snapshot with effects, short lines that an undo opens again and, when the assignment completes, its
holders."""
MAX_SEGMENT_BYTES = 200_000
"""The size after which a segment takes no further entry; an item has at most 400 KB."""


class Batch(msgspec.Struct, kw_only=True):
    """What the lanes of one request share."""

    runner: Runner
    actor: Actor
    loader: BatchLoader
    arrived_at: int
    settle: Callable[[ParsedEvent, EventStatus], None]
    """Sets the status of an event."""
    ingested: set[str] = msgspec.field(default_factory=set)
    """The ids of events that this request has recorded."""


class AssignmentLane:
    """The events of one assignment, or those without one."""

    def __init__(self, batch: Batch, events: Sequence[ParsedEvent], context: EventContext | None) -> None:
        self._batch = batch
        self._all = tuple(events)
        self._events = list(events)
        self._context = context
        """The context that needs no read: from the first read, or as the last transaction left it."""
        self._in_use: EventContext | None = None

    def run(self) -> None:
        """Record the events, one transaction after the other. Raises nothing."""
        while self._events:
            if not has_time():
                self._reject_all(event_parsing.RETRY)
                return
            try:
                with store_errors():
                    statuses = self._commit()
            except BatonError as error:
                observability.log().warning("events could not be recorded", extra={"error": error.code})
                self._reject_all(event_parsing.RETRY)
                return
            except Exception:  # noqa: BLE001 - the events of other assignments go on
                observability.log().exception("recording events crashed")
                self._reject_all(CRASHED)
                return
            self._settle(statuses)

    def _commit(self) -> list[EventStatus]:
        """Record as many events as fit into one transaction; return the statuses of those considered."""
        commit = partial(self._batch.runner.run, self._batch.actor, self._decide)
        writer = None if self._context is None else self._context.writer
        reader = None if writer is None or self._context is None else self._reader(writer, self._context)
        if writer is None or reader is None:
            return commit()
        results: list[Any] = parallel([commit, reader], "picking_ahead")
        statuses: list[EventStatus] = results[0]
        writer.take_tail(results[1])
        return statuses

    def _reader(self, writer: AssignmentWriter, context: EventContext) -> Callable[[], LedgerTail | None] | None:
        """Return what reads the ledger for a later transaction, unless the next one has to read it itself."""
        settled = context.settled
        new = [event for event in self._events if event.reason is None and event.event_id not in settled]
        is_last = len(new) <= MAX_EVENTS_AT_ONCE
        reads_itself = any(
            event.kind is EntryKind.UNDO or event.happened_at < writer.state.last[0]
            for event in new[:MAX_EVENTS_AT_ONCE]
        )
        return None if is_last or reads_itself else writer.reader_for_snapshot(len(new))

    def _decide(self, work: UnitOfWork) -> list[EventStatus]:
        """Stage as many events as fit into one transaction, and return the statuses of those considered."""
        context = self._context or self._batch.loader.load(self._events)[self._events[0].assignment_id]
        self._context, self._in_use = None, context
        duplicates = context.settled | self._batch.ingested
        placed = context.place(self._all, self._batch.arrived_at)
        statuses: list[EventStatus] = []
        entries: list[StoredEntry] = []
        size = 0
        for event in self._events:
            if len(entries) == MAX_EVENTS_AT_ONCE or size > MAX_SEGMENT_BYTES:
                break
            reason = event.reason or (None if event.index in placed else _stranger(event))
            if event.event_id in duplicates:
                statuses.append(EventStatus(event.echo, "duplicate"))
            elif reason is not None:
                statuses.append(rejected_status(event, reason))
            else:
                entries.append(_entry(event, context, placed[event.index]))
                size += encoded_size(entries[-1])
                duplicates.add(event.event_id or "")
                statuses.append(EventStatus(event.echo, "accepted"))
        if entries:
            self._stage(work, context, entries)
        if work.follow_ups:
            self._in_use = None  # they may change the assignment after the commit
        return statuses

    def _stage(self, work: UnitOfWork, context: EventContext, entries: Sequence[StoredEntry]) -> None:
        actor = self._batch.actor
        if context.writer is not None:
            assignment = context.writer.assignment
            ledger, first = assignment.pk, assignment.seq + 1
            work.audit(Assignment.kind, assignment.assignment_id, ACTION)
            context.writer.append(work, actor.user_id, entries)
        else:
            ledger, first = picker_key(actor.org_id, actor.user_id).pk, context.seq + 1
            work.audit(Picker.kind, actor.user_id, ACTION)
            _append_to_own_ledger(work, context, actor, entries)
        for seq, entry in enumerate(entries, first):
            event_id = entry.event_id or ""
            record = context.records.get(event_id)
            # If another request has just recorded the event, the next attempt finds that it is a duplicate.
            if record is None:
                work.create(ingested_event(actor.org_id, event_id, ledger, seq), Unavailable(), audited=False)
            else:
                close_record(work, record, ledger, seq)

    def _settle(self, statuses: Sequence[EventStatus]) -> None:
        self._context = self._in_use
        for event, status in zip(self._events, statuses, strict=False):
            self._batch.settle(event, status)
            if status.result == "accepted" and event.event_id is not None:
                self._batch.ingested.add(event.event_id)
        del self._events[: len(statuses)]

    def _reject_all(self, reason: str) -> None:
        for event in self._events:
            self._batch.settle(event, rejected_status(event, reason))


def rejected_status(event: ParsedEvent, reason: str) -> EventStatus:
    """Return the status of a rejected event."""
    return EventStatus(event.echo, "rejected", reason)


def _stranger(event: ParsedEvent) -> str:
    """Return the reason for which an event of who did not hold the assignment is rejected."""
    return event_parsing.NO_ASSIGNMENT if event.in_hand else event_parsing.NOT_YOURS


def _entry(event: ParsedEvent, context: EventContext, at: int) -> StoredEntry:
    """Return the entry of an event."""
    writer = context.writer
    reading = None if writer is None or event.kind is not EntryKind.SCAN else read_code(event.raw, writer.lines)
    return event_entry(event, reading, at)


def _append_to_own_ledger(
    work: UnitOfWork, context: EventContext, actor: Actor, entries: Sequence[StoredEntry]
) -> None:
    """Stage events without an assignment in the picker's own ledger."""
    key = picker_key(actor.org_id, actor.user_id)
    work.create(new_segment(key.pk, context.seq + 1, actor.user_id, work.now, entries), Unavailable(), audited=False)
    last = context.seq + len(entries)
    work.update_unread(
        key,
        condition=Picker.seq == context.seq if context.seq else Picker.seq.does_not_exist(),
        on_conflict=Unavailable(),
        actions=[Picker.seq.set(last)],
        changes={"seq": [context.seq, last]},
    )
    context.seq = last
