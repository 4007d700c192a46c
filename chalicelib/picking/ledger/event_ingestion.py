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
from chalicelib.core.deadline import deadline
from chalicelib.core.errors import BatonError
from chalicelib.core.parallel import parallel
from chalicelib.core.store import store_errors
from chalicelib.edge.dependencies import Dependencies
from chalicelib.picking.ledger import event_parsing
from chalicelib.picking.ledger.assignment_lane import CRASHED, AssignmentLane, Batch, rejected_status
from chalicelib.picking.ledger.batch_loader import BatchLoader, EventContext
from chalicelib.picking.ledger.event_parsing import ParsedEvent, parse_event
from chalicelib.picking.ledger.in_hand import InHandFinder
from chalicelib.picking.ledger.rejections import MAX_KEPT_AT_ONCE, RejectedTry, is_kept, keep_rejected
from chalicelib.picking.ledger.schemas import EventBatch, EventStatus

RETRYABLE = frozenset({event_parsing.RETRY, CRASHED})
"""Reasons for which an event may be accepted if it is sent again unchanged."""
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
        self._actor = actor
        self._runner = deps.runner
        self._batch = Batch(
            runner=deps.runner,
            actor=actor,
            loader=BatchLoader(actor.org_id, actor.user_id, deps.clock),
            arrived_at=to_millis(deps.clock.now()),
            settle=self._settle,
        )
        self._statuses: dict[int, EventStatus] = {}
        self._rejected: list[RejectedTry] = []
        self._raw_events: Sequence[bytes] = ()

    def run(self, raw_events: Sequence[bytes]) -> list[EventStatus]:
        """Record the events."""
        pending = []
        self._raw_events = raw_events
        for index, raw in enumerate(raw_events):
            event = parse_event(index, raw, self._actor.org_id, self._actor.user_id)
            if event.event_id is None:
                self._settle(event, rejected_status(event, event.reason or event_parsing.MALFORMED))
            else:
                pending.append(event)
        self._find_assignments(pending)
        contexts = self._load(pending)
        while pending:
            by_assignment, pending = _by_assignment(pending)
            lanes = [AssignmentLane(self._batch, events, contexts.get(key)) for key, events in by_assignment.items()]
            parallel(
                [partial(_run_lanes, lanes[number::_LANES]) for number in range(min(_LANES, len(lanes)))], "picking"
            )
            contexts = {}
        self._keep_rejected()
        for result, number in Counter(status.result for status in self._statuses.values()).items():
            observability.count(f"PickEvents{result.title()}", number)
        return [self._statuses[index] for index in range(len(raw_events))]

    def _settle(self, event: ParsedEvent, status: EventStatus) -> None:
        """Set the status of an event."""
        self._statuses[event.index] = status
        if status.reason is not None and is_kept(event, status.reason):
            self._rejected.append(RejectedTry(event, self._raw_events[event.index], status.reason))

    def _keep_rejected(self) -> None:
        """Keep what was rejected for the supervisors. After an error the client's next try does."""
        in_order = sorted(self._rejected, key=lambda rejected: rejected.event.index)
        rejected = [one for one in in_order if one.event.event_id not in self._batch.ingested]
        for start in range(0, len(rejected), MAX_KEPT_AT_ONCE):
            tries = rejected[start : start + MAX_KEPT_AT_ONCE]
            try:
                with store_errors():
                    self._runner.run(self._actor, partial(keep_rejected, actor=self._actor, tries=tries))
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
                InHandFinder(self._actor.org_id, self._actor.user_id).resolve(wanted, self._batch.arrived_at)
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
            return self._batch.loader.load(events)
        except Exception:  # noqa: BLE001 - the lane whose data caused the error logs it
            return {}


def _run_lanes(lanes: Iterable[AssignmentLane]) -> None:
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
