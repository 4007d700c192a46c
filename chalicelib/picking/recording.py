"""Taking batches of events into the ledgers.

    1. read      every event by itself; what is wrong with one is known before anything is asked of the store
    2. load      in one round trip: which of the events were taken before, and the assignments that they name with
                 their lines; the ledgers too where an undo will need them
    3. record    assignment by assignment, at most 88 events in a transaction: each event's own item, which exists once
                 in a company for ever, one piece of the ledger, the new state, the audit row

Different assignments go side by side, events of one after the other and in their order. A transaction that loses a
race is decided again, on fresh reads, and only it: what was written before stays written. So a hundred events of one
assignment cost three round trips after the admission.

If the store fails half-way, or time runs out, what is certain is answered, and the rest is rejected with `retry`: the
client keeps it and sends it again, and whatever was taken after all is a duplicate then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from chalicelib.core import observability
from chalicelib.core.clock import to_millis
from chalicelib.core.errors import BatonError, Unavailable
from chalicelib.core.store import parallel, store_errors
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import Dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.picking import intake, ledger
from chalicelib.picking.book import MAX_HOLDERS
from chalicelib.picking.intake import Sent, read_event
from chalicelib.picking.ledger import Note
from chalicelib.picking.loading import Loaded, Loader
from chalicelib.picking.matching import read_code
from chalicelib.picking.schemas import EventBatch, EventStatus
from chalicelib.picking.state import Kind
from chalicelib.picking.tables import Assignment, Picker, TakenEvent, picker_key, taken_key

ACTION = "PICK_EVENTS_RECORDED"
CRASHED = "internal_error"
NOT_YET = frozenset({intake.RETRY, CRASHED})
"""Reasons for which an event may be taken if it comes again as it is."""
MAX_AT_ONCE = 100 - MAX_HOLDERS - 4
"""Events of one transaction. Beside them stand the piece of the ledger, the assignment, the audit row and, when the
assignment becomes complete, what its pickers have in hand."""
LARGEST = 200_000
"""Bytes of one piece of a ledger, about; an item may have 400 KB."""
_LANES = 8


def record(request: Request[EventBatch, Empty], deps: Dependencies) -> list[EventStatus]:
    """Take what can be taken; what became of each event, in their order."""
    return _Batch(request, deps).take([bytes(raw) for raw in request.body.events])


class _Batch:
    """One request's events."""

    def __init__(self, request: Request[EventBatch, Empty], deps: Dependencies) -> None:
        self.deps = deps
        self.actor = request.actor
        self.org_id, self.user_id = request.actor.org_id, request.actor.user_id
        self.loader = Loader(self.org_id, self.user_id, deps.clock)
        self.until = deps.clock.now() + timedelta(seconds=deps.settings.import_budget_s)
        self.taken: set[str] = set()
        """The events that this request has taken."""
        self._statuses: dict[int, EventStatus] = {}

    def take(self, raws: Sequence[bytes]) -> list[EventStatus]:
        """Take what can be taken."""
        waiting = []
        for index, raw in enumerate(raws):
            event = read_event(index, raw, self.org_id, self.user_id)
            if event.event_id is None:
                self.settle(event, rejected(event, event.reason or intake.MALFORMED))
            else:
                waiting.append(event)
        loaded = self._load(waiting)
        while waiting:
            lanes, waiting = _lanes(waiting)
            running = [_Lane(self, events, loaded.get(key)) for key, events in lanes.items()]
            parallel([partial(_run, running[number::_LANES]) for number in range(min(_LANES, len(running)))], "picking")
            loaded = {}
        for result, number in Counter(one.result for one in self._statuses.values()).items():
            observability.count(f"PickEvents{result.title()}", number)
        return [self._statuses[index] for index in range(len(raws))]

    def settle(self, event: Sent, status: EventStatus) -> None:
        """Say what became of an event."""
        self._statuses[event.index] = status

    def _load(self, events: Sequence[Sent]) -> dict[str | None, Loaded]:
        """What all of them need. Whatever prevents that, each lane will find out for itself and stop no other."""
        try:
            return self.loader.load(events)
        except Exception:  # noqa: BLE001 - the lane that it is about says so
            return {}


class _Lane:
    """Events of one assignment, or of none."""

    def __init__(self, batch: _Batch, events: Sequence[Sent], loaded: Loaded | None) -> None:
        self._batch = batch
        self._events = list(events)
        self._loaded = loaded
        """What is known without asking: of the first read, or what the last transaction has made of it."""
        self._deciding: Loaded | None = None

    def run(self) -> None:
        """Record the events, one transaction after the other. Never raises."""
        while self._events:
            if self._batch.deps.clock.now() >= self._batch.until:
                self._give_up(intake.RETRY)
                return
            try:
                with store_errors():
                    done = self._batch.deps.runner.run(self._batch.actor, self._decide)
            except BatonError:
                observability.log().warning("events could not be recorded", exc_info=True)
                self._give_up(intake.RETRY)
                return
            except Exception:  # noqa: BLE001 - the events of other assignments go on
                observability.log().exception("recording events crashed")
                self._give_up(CRASHED)
                return
            self._settle(done)

    def _decide(self, work: UnitOfWork) -> list[EventStatus]:
        """Judge as many events as fit into one transaction, and stage those that are taken."""
        loaded = self._loaded or self._batch.loader.load(self._events)[self._events[0].assignment_id]
        self._loaded, self._deciding = None, loaded
        known = loaded.taken | self._batch.taken
        statuses: list[EventStatus] = []
        notes: list[Note] = []
        size = 0
        for event in self._events:
            if len(notes) == MAX_AT_ONCE or size > LARGEST:
                break
            reason = event.reason or loaded.objection(event)
            if event.event_id in known:
                statuses.append(EventStatus(event.echo, "duplicate"))
            elif reason is not None:
                statuses.append(rejected(event, reason))
            else:
                notes.append(_note(event, loaded, to_millis(work.now)))
                size += ledger.size_of(notes[-1])
                known.add(event.event_id or "")
                statuses.append(EventStatus(event.echo, "accepted"))
        if notes:
            self._stage(work, loaded, notes)
        return statuses

    def _stage(self, work: UnitOfWork, loaded: Loaded, notes: Sequence[Note]) -> None:
        org_id, user_id = self._batch.org_id, self._batch.user_id
        if loaded.book is not None:
            where, first = loaded.book.assignment.pk, loaded.book.assignment.seq + 1
            work.audit(Assignment.kind, loaded.book.assignment.assignment_id, ACTION)
            loaded.book.write(work, user_id, notes)
        else:
            where, first = picker_key(org_id, user_id).pk, loaded.seq + 1
            work.audit(Picker.kind, user_id, ACTION)
            _write_own(work, loaded, org_id, user_id, notes)
        for seq, note in enumerate(notes, first):
            at = taken_key(org_id, note.event_id or "")
            # Whoever took it a moment ago, the next attempt will see that it is a duplicate.
            work.create(TakenEvent(at.pk, at.sk, ledger=where, seq=seq), Unavailable(), audited=False)

    def _settle(self, statuses: Sequence[EventStatus]) -> None:
        self._loaded = self._deciding
        for event, status in zip(self._events, statuses, strict=False):
            self._batch.settle(event, status)
            if status.result == "accepted" and event.event_id is not None:
                self._batch.taken.add(event.event_id)
        del self._events[: len(statuses)]

    def _give_up(self, reason: str) -> None:
        for event in self._events:
            self._batch.settle(event, rejected(event, reason))


def rejected(event: Sent, reason: str) -> EventStatus:
    """An event that is not taken."""
    return EventStatus(event.echo, "rejected", reason)


def _run(lanes: Iterable[_Lane]) -> None:
    for lane in lanes:
        lane.run()


def _lanes(events: Iterable[Sent]) -> tuple[dict[str | None, list[Sent]], list[Sent]]:
    """The events by assignment, and apart those whose id came with another one before: they wait what becomes of it."""
    lanes: dict[str | None, list[Sent]] = {}
    first: dict[str | None, str | None] = {}
    later: list[Sent] = []
    waiting: set[str | None] = set()
    for event in events:
        same_lane = first.setdefault(event.event_id, event.assignment_id) == event.assignment_id
        if same_lane and event.event_id not in waiting:
            lanes.setdefault(event.assignment_id, []).append(event)
        else:
            later.append(event)
            waiting.add(event.event_id)
    return lanes, later


def _note(event: Sent, loaded: Loaded, now: int) -> Note:
    """The entry of an event. What a device's clock says counts as far as it is possible."""
    book = loaded.book
    if book is None:
        return ledger.note_of(event, None, min(event.created_at, now))
    at = max(book.state.holders[loaded.user_id], min(event.created_at, now))
    reading = read_code(event.raw, book.lines) if event.kind is Kind.SCAN else None
    return ledger.note_of(event, reading, at)


def _write_own(work: UnitOfWork, loaded: Loaded, org_id: str, user_id: str, notes: Sequence[Note]) -> None:
    """What somebody did that belongs to no assignment goes into a ledger of their own."""
    where = picker_key(org_id, user_id)
    work.create(ledger.piece_of(where.pk, loaded.seq + 1, user_id, work.now, notes), Unavailable(), audited=False)
    last = loaded.seq + len(notes)
    unchanged = Picker.seq == loaded.seq if loaded.seq else Picker.seq.does_not_exist()
    work.update_unread(
        where,
        condition=unchanged,
        on_conflict=Unavailable(),
        actions=[Picker.seq.set(last)],
        changes={"seq": [loaded.seq, last]},
    )
    loaded.seq = last
