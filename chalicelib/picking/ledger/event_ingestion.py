"""Records batches of scanner events in the ledgers.

    1. parse     each event by itself; an invalid one is rejected before anything is read
    2. load      one round trip: which of the events were ingested before, and the assignments that they name with their
                 lines; also the newest segments, for an undo
    3. record    by assignment, at most 84 events in a transaction: the record of each event, which makes it unique in
                 the organisation, one segment of the ledger, the new state, the audit row

Assignments are processed in parallel, the events of one assignment in their order. A transaction that fails a condition
is decided again on fresh reads; those committed before stay committed. A hundred events of one assignment take three
round trips after the authentication.

If the store fails half-way, or the time runs out, the results so far are returned and the rest is rejected with
`retry`: the client sends those events again, and any that were recorded after all are duplicates then. Events that are
rejected for other reasons are kept for the supervisors, who may accept them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from chalicelib.core import observability
from chalicelib.core.actor import Actor
from chalicelib.core.clock import to_millis
from chalicelib.core.commit import MAX_ITEMS
from chalicelib.core.deadline import deadline, has_time
from chalicelib.core.errors import BatonError, Unavailable
from chalicelib.core.parallel import parallel
from chalicelib.core.store import store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.picking.ledger import event_parsing
from chalicelib.picking.ledger.batch_loader import BatchLoader, EventContext
from chalicelib.picking.ledger.entries import StoredEntry, encoded_size, event_entry, new_segment
from chalicelib.picking.ledger.event_parsing import ParsedEvent, parse_event
from chalicelib.picking.ledger.in_hand import InHandFinder
from chalicelib.picking.ledger.matching import read_code
from chalicelib.picking.ledger.rejections import (
    MAX_KEPT_AT_ONCE,
    RejectedTry,
    close_record,
    is_kept,
    keep_rejected,
)
from chalicelib.picking.ledger.schemas import EventBatch, EventStatus
from chalicelib.picking.ledger.shorts import MAX_SHORTS_AT_ONCE
from chalicelib.picking.ledger.state import EntryKind
from chalicelib.picking.ledger.tables import event_record_key
from chalicelib.picking.ledger.writer import FURTHER_ITEMS, MAX_HOLDERS
from chalicelib.picking.tables import Assignment, Picker, picker_key

ACTION = "PICK_EVENTS_RECORDED"
CRASHED = "internal_error"
RETRYABLE = frozenset({event_parsing.RETRY, CRASHED})
"""Reasons for which an event may be accepted if it is sent again unchanged."""
MAX_EVENTS_AT_ONCE = MAX_ITEMS - MAX_HOLDERS - MAX_SHORTS_AT_ONCE - FURTHER_ITEMS - 2
"""The largest number of events in a transaction. The other items are the segment, the assignment, the audit row, the
hourly counts, a snapshot with effects, short lines that an undo opens again and, when the assignment completes, its
holders."""
MAX_SEGMENT_BYTES = 200_000
"""The size after which a segment takes no further entry; an item has at most 400 KB."""
_LANES = 8


def record_events(deps: Dependencies, command: EventBatch, actor: Actor) -> list[EventStatus]:
    """Record the valid events of a batch, and return the status of each event in their order."""
    with deadline(deps.clock, deps.settings.import_budget_s):
        return _BatchIngestion(deps, actor).run([bytes(raw) for raw in command.events])


def is_retryable(statuses: Iterable[EventStatus]) -> bool:
    """Return whether the client is to send some of the events again."""
    return any(status.reason in RETRYABLE for status in statuses)


class _BatchIngestion:
    """The events of one request."""

    def __init__(self, deps: Dependencies, actor: Actor) -> None:
        self.deps = deps
        self.actor = actor
        self.loader = BatchLoader(actor.org_id, actor.user_id, deps.clock)
        self.arrived_at = to_millis(deps.clock.now())
        self.ingested: set[str] = set()
        """The ids of events that this request has recorded."""
        self._statuses: dict[int, EventStatus] = {}
        self._rejected: list[RejectedTry] = []
        self._raw_events: Sequence[bytes] = ()

    def run(self, raw_events: Sequence[bytes]) -> list[EventStatus]:
        """Record the events."""
        pending = []
        self._raw_events = raw_events
        for index, raw in enumerate(raw_events):
            event = parse_event(index, raw, self.actor.org_id, self.actor.user_id)
            if event.event_id is None:
                self.settle(event, _rejected(event, event.reason or event_parsing.MALFORMED))
            else:
                pending.append(event)
        self._find_assignments(pending)
        contexts = self._load(pending)
        while pending:
            by_assignment, pending = _by_assignment(pending)
            lanes = [_AssignmentLane(self, events, contexts.get(key)) for key, events in by_assignment.items()]
            parallel(
                [partial(_run_lanes, lanes[number::_LANES]) for number in range(min(_LANES, len(lanes)))], "picking"
            )
            contexts = {}
        self._keep_rejected()
        for result, number in Counter(status.result for status in self._statuses.values()).items():
            observability.count(f"PickEvents{result.title()}", number)
        return [self._statuses[index] for index in range(len(raw_events))]

    def settle(self, event: ParsedEvent, status: EventStatus) -> None:
        """Set the status of an event."""
        self._statuses[event.index] = status
        if status.reason is not None and is_kept(event, status.reason):
            self._rejected.append(RejectedTry(event, self._raw_events[event.index], status.reason))

    def _keep_rejected(self) -> None:
        """Keep what was rejected for the supervisors. After an error the client's next try does."""
        in_order = sorted(self._rejected, key=lambda rejected: rejected.event.index)
        rejected = [one for one in in_order if one.event.event_id not in self.ingested]
        for start in range(0, len(rejected), MAX_KEPT_AT_ONCE):
            tries = rejected[start : start + MAX_KEPT_AT_ONCE]
            try:
                with store_errors():
                    self.deps.runner.run(self.actor, partial(keep_rejected, actor=self.actor, tries=tries))
            except BatonError as error:
                observability.log().warning("rejected events could not be kept", extra={"error": error.code})
                return
            except Exception:  # noqa: BLE001 - the events have their results
                observability.log().exception("keeping rejected events crashed")
                return

    def _find_assignments(self, events: Sequence[ParsedEvent]) -> None:
        """Set the assignments of the events that mean the one in hand; without one, a message needs none."""
        wanted = [event for event in events if event.in_hand and event.reason is None]
        if not wanted:
            return
        try:
            with store_errors():
                InHandFinder(self.actor.org_id, self.actor.user_id).resolve(wanted, self.arrived_at)
        except BatonError:
            for event in wanted:
                event.reason = event_parsing.RETRY
            return
        for event in wanted:
            if event.assignment_id is None and event_parsing.needs_assignment(event.kind):
                event.reason = event_parsing.NO_ASSIGNMENT

    def _load(self, events: Sequence[ParsedEvent]) -> dict[str | None, EventContext]:
        """Return the contexts of all events; none after an error, which then each lane meets by itself."""
        try:
            return self.loader.load(events)
        except Exception:  # noqa: BLE001 - the lane whose data caused the error logs it
            return {}


class _AssignmentLane:
    """The events of one assignment, or those without one."""

    def __init__(self, batch: _BatchIngestion, events: Sequence[ParsedEvent], context: EventContext | None) -> None:
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
                    statuses = self._batch.deps.runner.run(self._batch.actor, self._decide)
            except BatonError as error:
                observability.log().warning("events could not be recorded", extra={"error": error.code})
                self._reject_all(event_parsing.RETRY)
                return
            except Exception:  # noqa: BLE001 - the events of other assignments go on
                observability.log().exception("recording events crashed")
                self._reject_all(CRASHED)
                return
            self._settle(statuses)

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
                statuses.append(_rejected(event, reason))
            else:
                entries.append(_entry(event, context, placed[event.index]))
                size += encoded_size(entries[-1])
                duplicates.add(event.event_id or "")
                statuses.append(EventStatus(event.echo, "accepted"))
        if entries:
            self._stage(work, context, entries)
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
            key = event_record_key(actor.org_id, entry.event_id or "")
            record = context.records.get(entry.event_id or "")
            # If another request has just recorded the event, the next attempt finds that it is a duplicate.
            if record is None:
                work.create(key.new(ledger=ledger, seq=seq), Unavailable(), audited=False)
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
            self._batch.settle(event, _rejected(event, reason))


def _rejected(event: ParsedEvent, reason: str) -> EventStatus:
    return EventStatus(event.echo, "rejected", reason)


def _run_lanes(lanes: Iterable[_AssignmentLane]) -> None:
    for lane in lanes:
        lane.run()


def _by_assignment(events: Iterable[ParsedEvent]) -> tuple[dict[str | None, list[ParsedEvent]], list[ParsedEvent]]:
    """Return the events by assignment, and those that wait for an earlier event with their id in another one."""
    groups: dict[str | None, list[ParsedEvent]] = {}
    first_assignment: dict[str | None, str | None] = {}
    later: list[ParsedEvent] = []
    waiting: set[str | None] = set()
    for event in events:
        is_same = first_assignment.setdefault(event.event_id, event.assignment_id) == event.assignment_id
        if is_same and event.event_id not in waiting:
            groups.setdefault(event.assignment_id, []).append(event)
        else:
            later.append(event)
            waiting.add(event.event_id)
    return groups, later


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
