"""Lists of an organisation's assignments, from an index in shards; those of one holder from what they hold."""

from datetime import datetime

from pynamodb.expressions.condition import Condition

from chalicelib.core import cursors
from chalicelib.core.activity import Activity, count_activity
from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.conditional import all_of
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import ShardedList
from chalicelib.core.store import Query, get_many
from chalicelib.picking import permissions
from chalicelib.picking.desk.schemas import AssignmentListQuery
from chalicelib.picking.ledger.state import AssignmentStatus
from chalicelib.picking.tables import PICK_HOURS, Assignment, Picker, assignment_key, list_keys


def list_assignments(actor: Actor, query: AssignmentListQuery, holder: Picker | None, clock: Clock) -> Page[Assignment]:
    """Return assignments, the last imported first. Raise `AccessDenied` unless the caller may see all of them.

    Raise `ValidationFailed` for a cursor of another list; the list of one holder is short and has none.
    """
    actor.require_reach(permissions.READ)
    if query.holder is not None:
        if query.cursor is not None:
            raise cursors.refused()
        return Page(_held(actor.org_id, query, holder, clock), None)
    statuses = list(AssignmentStatus) if query.status is None else [query.status]
    partitions = [shard for status in statuses for shard in list_keys(actor.org_id, status.value)]
    assignments = ShardedList(
        Assignment,
        partitions,
        Assignment.listed.Meta.index_name,
        "list_place",
        filter_condition=_further_filter(query),
        newest_first=True,
    )
    return assignments.page(query.limit, query.cursor)


def find_activity(actor: Actor, now: datetime) -> Activity | None:
    """Return how many assignments wait and are picked, and the work of the last hours; None without the permission."""
    if not actor.reaches(permissions.READ):
        return None
    index = Assignment.listed.Meta.index_name
    queries = {
        status.value: [Query(Assignment, shard, index) for shard in list_keys(actor.org_id, status.value)]
        for status in (AssignmentStatus.QUEUED, AssignmentStatus.ACTIVE)
    }
    return count_activity(queries, PICK_HOURS, now, actor.org_id)


def _held(org_id: str, query: AssignmentListQuery, holder: Picker | None, clock: Clock) -> list[Assignment]:
    keys = [assignment_key(org_id, held) for held in sorted(holder.held or ())] if holder is not None else []
    found = get_many(keys, clock)
    held = [assignment for assignment in map(found.get, keys) if assignment is not None]
    wanted = {"status": query.status, "role": query.role, "zone": query.zone}
    return [
        assignment
        for assignment in held
        if all(value is None or getattr(assignment, name) == value for name, value in wanted.items())
    ][: query.limit]


def _further_filter(query: AssignmentListQuery) -> Condition | None:
    """Return the condition of the filters beside the status, whose partitions are read."""
    wanted = [(Assignment.role, query.role), (Assignment.zone, query.zone)]
    return all_of(attribute == value for attribute, value in wanted if value is not None)
