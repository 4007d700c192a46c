"""How many assignments wait and are picked in each zone, counted in the transaction that changes it.

Counting on read would cost as much as reading all of them, so each zone has counters: a few shards, of which a
transaction changes a random one. An assignment keeps what it is counted as, so it is never counted twice, and those of
before there were counts are counted with their next change or by `python -m infra.rebuild picking --write`.
"""

from functools import partial

from chalicelib.core.errors import Unavailable
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey, get
from chalicelib.core.table import is_as_read, key, parts_of, set_actions
from chalicelib.core.work import UnitOfWork
from chalicelib.picking.ledger.state import AssignmentStatus
from chalicelib.picking.tables import Assignment, ZoneCount, assignment_key, zones_key

SHARDS = Shards(16)
COUNTED = (AssignmentStatus.QUEUED, AssignmentStatus.ACTIVE)
"""The statuses that are counted: those of assignments that are not done."""


def counted_as(zone: str, status: str) -> str | None:
    """Return what an assignment of a zone is counted as; None in a status that is not counted."""
    return key(zone, status) if status in COUNTED else None


def count_in_zone(work: UnitOfWork, assignment: Assignment) -> None:
    """Stage the counts of the zone and status that an assignment has now; it is created or updated in the same unit."""
    before, after = assignment.counted_as, counted_as(assignment.zone, assignment.status)
    if _count(work, assignment.org_id, before, after):
        work.update(assignment, {"counted_as": after})


def count_in_zone_later(work: UnitOfWork, assignment: Assignment) -> None:
    """Count an assignment after the commit, in a transaction of its own."""
    later = partial(_recount, org_id=assignment.org_id, ref=assignment.assignment_id)
    work.follow_ups.append((assignment.org_id, later))


def _recount(work: UnitOfWork, *, org_id: str, ref: str) -> None:
    assignment = get(assignment_key(org_id, ref))
    if assignment is None:
        return
    before, after = assignment.counted_as, counted_as(assignment.zone, assignment.status)
    if _count(work, org_id, before, after):
        remember_counted(work, assignment, "counted_as", after)


def remember_counted(work: UnitOfWork, assignment: Assignment, name: str, counted: str | None) -> None:
    """Stage what an assignment is counted as from now on, beside its version, if both are as they were read."""
    as_read = is_as_read(getattr(Assignment, name), getattr(assignment, name))
    work.update_unread(
        assignment_key(assignment.org_id, assignment.assignment_id),
        condition=as_read & (Assignment.version == assignment.version),
        on_conflict=Unavailable(),
        actions=set_actions(Assignment, {name: counted}),
        audited=False,
    )


def _count(work: UnitOfWork, org_id: str, before: str | None, after: str | None) -> bool:
    """Stage the change from one counted status to another, and return whether it is one."""
    if before == after:
        return False
    changes: dict[str, list[tuple[str, int]]] = {}
    for counted, amount in ((before, -1), (after, 1)):
        if counted is not None:
            zone, status = parts_of(counted)
            changes.setdefault(zone, []).append((status, amount))
    shard = work.random_source.randrange(SHARDS.count)
    for zone, amounts in changes.items():
        target = ItemKey(ZoneCount, zones_key(org_id), key(zone, f"{shard:02d}"))
        actions = [getattr(ZoneCount, status).add(amount) for status, amount in amounts]
        work.update_unread(target, actions=actions, audited=False)
    return True
