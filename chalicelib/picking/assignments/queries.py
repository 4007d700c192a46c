"""Reads of assignments: the queue of a role, the assignment that a picker works on, and the scanner's view."""

from datetime import datetime, tzinfo
from functools import partial
from typing import NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import Query, get_many, parallel_pair_reads
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import Organisation
from chalicelib.picking.settings import PickingSettings, picking_settings
from chalicelib.picking.tables import WAITING, Assignment, Picker, assignment_key, queue_key

MAX_COUNTED = 100
"""The number up to which the queue is counted."""


class ScannerSnapshot(NamedTuple):
    """What the scanner's view is made of; `assignment` is the one that the user holds, or else held last."""

    actor: Actor
    assignment: Assignment | None
    settings: PickingSettings
    queue_count: int
    now: datetime
    zone: tzinfo


def active_assignment_id(picker: Picker | None) -> str | None:
    """Return the id of the assignment that a picker works on: of those they hold, preferably the last one claimed."""
    held = set(picker.held or ()) if picker is not None else set()
    if picker is not None and picker.last in held:
        return picker.last
    return min(held, default=None)


def list_claimable(org_id: str, role: str, limit: int) -> list[Assignment]:
    """Return the first assignments of a role's queue: those that wait, then those that can be joined."""
    rows = Query(Assignment, queue_key(org_id, role), index=Assignment.queue.Meta.index_name).read(limit)
    return [Assignment.from_raw_data(dict(item)) for item in rows.items]


def get_scanner_state(
    picker: Picker | None, organisation: Organisation | None, actor: Actor, clock: Clock
) -> ScannerSnapshot:
    """Return the values of the caller's scanner now."""
    assignment_id = active_assignment_id(picker) or (picker.last if picker else None)
    keys = [assignment_key(actor.org_id, assignment_id)] if assignment_id else []
    [items], [count] = parallel_pair_reads(
        [partial(get_many, keys, clock)], [partial(_waiting(actor.org_id, actor.role).count, MAX_COUNTED)]
    )
    assignment = items.get(keys[0]) if keys else None
    zone = general_settings(organisation).zone
    return ScannerSnapshot(actor, assignment, picking_settings(organisation), count, clock.now(), zone)


def _waiting(org_id: str, role: str) -> Query[Assignment]:
    """Return the query for the queue of a role without what can only be joined."""
    return Query(
        Assignment,
        queue_key(org_id, role),
        index=Assignment.queue.Meta.index_name,
        range_condition=Assignment.queue_place.startswith(WAITING),
    )
