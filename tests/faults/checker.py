"""What has to be true after a run: no acknowledged change is lost or made twice, and all recounts and answers fit."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from chalicelib.audit.tables import OUTCOME_OK, AuditRow
from chalicelib.core.runner import FOLLOW_UP_ACTOR
from chalicelib.core.table import Item
from chalicelib.dispatch.orders.tables import Order
from chalicelib.edge.idempotency import IdempotencyRecord
from chalicelib.maintenance.photos.tables import WorkOrderPhoto
from chalicelib.maintenance.workorders.tables import WorkOrder
from chalicelib.manufacturing.tables import Module, Pack, ProductionBatch
from chalicelib.manufacturing.traceability.tables import BOUND, LEDGER, UNBOUND, LedgerEntry
from chalicelib.packing.boxes.tables import Box, BoxContent
from chalicelib.picking.ledger.tables import EventRecord
from tests.builders.packing import PACK
from tests.faults.calls import Attempt, Change
from tests.faults.mail import Received, check_mailboxes, check_received
from tests.faults.recounts import RECOUNTS
from tests.faults.snapshot import Snapshot

SLOWEST_S = 29.0
_UPLOADS = "/v1/uploads/photos"
_ID = re.compile(r"[A-Z-]*[0-9a-f]{8}-[0-9a-f-]{27}|PA-[0-9]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What clients know of a run: their changes, bad answers, accepted events of picking, and received events."""

    changes: list[Change] = field(default_factory=list)
    bad: list[Attempt] = field(default_factory=list)
    accepted_events: frozenset[str] = frozenset()
    received: Received = field(default_factory=dict)

    @property
    def acknowledged(self) -> list[Change]:
        """Return the changes that were acknowledged."""
        return [change for change in self.changes if change.is_acknowledged]


def check(found: Snapshot, known: Evidence) -> list[str]:
    """Return a sentence for each violation."""
    checks: Iterable[Iterator[str]] = (
        *(recount(found) for recount in RECOUNTS),
        check_answers(known.bad),
        check_created(found, known),
        check_records(found, known.acknowledged),
        check_audit(found, known.acknowledged),
        check_mailboxes(found),
        check_received(found, known.received),
    )
    return list(chain.from_iterable(checks))


def check_answers(bad: Iterable[Attempt]) -> Iterator[str]:
    """Yield a sentence for each answer that came too late, and for errors that are not a 503 with `Retry-After`."""
    wrong: dict[str, Counter[str]] = defaultdict(Counter)
    for attempt in bad:
        if attempt.seconds > SLOWEST_S:
            yield f"{attempt.profile}: {attempt.request} took {attempt.seconds:.1f} s"
        if attempt.status >= 500 and (attempt.status != 503 or not attempt.retry_after):
            answer = f"{attempt.profile}: answered {attempt.status} {attempt.body}".rstrip()
            wrong[answer][_ID.sub("{id}", attempt.request)] += 1
    for answer, requests in wrong.items():
        yield f"{answer}: " + ", ".join(f"{name} {times} times" for name, times in requests.most_common())


def check_created(found: Snapshot, known: Evidence) -> Iterator[str]:
    """Yield a sentence for each thing that was acknowledged and is not stored, or stored and not acknowledged."""
    removed = {change.path.rpartition("/")[2] for change in known.acknowledged if change.method == "DELETE"}
    for path, model, sk, keys in _CREATED:
        answers = [json.loads(c.text) for c in known.acknowledged if (c.method, c.path) == ("POST", path)]
        promised = {str(_at(answer, keys)) for answer in answers} - removed
        if len(answers) != len({str(_at(answer, keys)) for answer in answers}):
            yield f"{path}: two requests were answered with the same {model.kind}"
        stored = {str(item.entity_id) for item in found.all(model, sk)}
        yield from _difference(model.kind, promised, stored)
    events = {event.pk.rpartition("#")[2] for event in found.all(EventRecord, "EVENT") if event.ledger}
    yield from _difference("event of picking", known.accepted_events, events)
    ledger = Counter(entry.change for entry in found.all(LedgerEntry, LEDGER, pk="MODULE"))
    for change, step in ((BOUND, "bind-cell"), (UNBOUND, "unbind-cell")):
        answered = sum(one.path.endswith(f"/{step}") for one in known.acknowledged)
        if ledger[change] != answered:
            yield f"{answered} {step} were acknowledged, the ledgers have {ledger[change]}"


_CREATED: tuple[tuple[str, type[Item], str, tuple[str, ...]], ...] = (
    ("/v1/orders", Order, "ORDER", ("order", "id")),
    (f"{PACK}/box/create", Box, "BOX", ("id",)),
    (PACK, BoxContent, "ITEM#", ("box_content", "id")),
    ("/v1/work-orders", WorkOrder, "WORKORDER", ("id",)),
    (_UPLOADS, WorkOrderPhoto, "PHOTO#", ("id",)),
    ("/v1/batches", ProductionBatch, "BATCH", ("data", "id")),
    ("/v1/modules", Module, "MODULE", ("data", "id")),
    ("/v1/packs", Pack, "PACK", ("data", "id")),
)
"""Which request creates what, and where the answer has its id."""


def check_records(found: Snapshot, acknowledged: Iterable[Change]) -> Iterator[str]:
    """Yield a sentence for each acknowledged change whose answer is not stored as the client got it."""
    records = {
        tuple(record.pk.split("#")[2:]): (record.status, record.body)
        for record in found.all(IdempotencyRecord, "RECORD", pk="IDEMPOTENCY")
    }
    for change in acknowledged:
        stored = records.get((change.actor, change.key))
        if stored is None and not _is_not_stored(change):
            yield f"{change.method} {change.path} ({change.key}) was acknowledged and its answer is not stored"
        if stored is not None and stored != (change.status, change.text):
            yield f"{change.method} {change.path} ({change.key}) is stored with another answer: {stored}"


def _is_not_stored(change: Change) -> bool:
    """Return whether an answer need not be stored: imports, and events of which some come again or none were new."""
    is_batch = change.path == "/events/batch"
    return change.is_import or (is_batch and ('"retry"' in change.text or '"accepted"' not in change.text))


def check_audit(found: Snapshot, acknowledged: Iterable[Change]) -> Iterator[str]:
    """Yield a sentence for each acknowledged change without its own audit row, and each row without a change.

    The row has the id of the request that made the change. A repeated request is answered under another id, so for
    these the numbers per person are compared. What follows from a change has rows of its own under the same id: a
    waiting order that is offered, and an offer that is declined by going off duty.
    """
    audited = [change for change in acknowledged if not change.is_import and change.path != "/events/batch"]
    rows = [row for row in found.all(AuditRow) if row.outcome == OUTCOME_OK and row.actor_id != FOLLOW_UP_ACTOR]
    off_duty = {row.request_id for row in rows if row.action_type != "ORDER_DECLINED"}
    rows = [row for row in rows if row.action_type != "ORDER_DECLINED" or row.request_id not in off_duty]
    by_request = Counter(row.request_id for row in rows)
    for change in audited:
        if not change.is_replay and by_request[change.request_id] != 1:
            yield f"{change.method} {change.path} has {by_request[change.request_id]} audit rows"
    importers = {change.actor for change in acknowledged if change.is_import}
    written = Counter(row.actor_id for row in rows if row.action_type != "PICK_EVENTS_RECORDED")
    for actor, number in Counter(change.actor for change in audited).items():
        if actor not in importers and written[actor] != number:
            yield f"{actor} made {number} changes and has {written[actor]} audit rows"


def _difference(kind: str, promised: Iterable[str], stored: Iterable[str]) -> Iterator[str]:
    for name in sorted(set(promised) - set(stored)):
        yield f"{kind} {name} was acknowledged and is not stored"
    for name in sorted(set(stored) - set(promised)):
        yield f"{kind} {name} is stored and was not acknowledged"


def _at(answer: Any, keys: tuple[str, ...]) -> Any:
    for key in keys:
        answer = answer[key]
    return answer
