"""Reads of holds: lists by status, kind and value, newest first, from one partition for each combination."""

from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import Page
from chalicelib.core.sharding import ShardedList
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.rules import HoldKind, HoldStatus, held_value
from chalicelib.manufacturing.assembly.holds.schemas import HoldQuery
from chalicelib.manufacturing.assembly.holds.tables import Hold, all_partition, kind_partition, value_partition


def list_holds(actor: Actor, query: HoldQuery) -> Page[Hold]:
    """Return a page of the holds that the caller's permission covers, newest first."""
    own = None if actor.reaches(permissions.READ_HOLD) else Hold.created_by == actor.user_id
    index, partitions = _partitions(actor.org_id, query)
    name = str(index.Meta.index_name)
    holds = ShardedList(Hold, partitions, name, "place", filter_condition=own, newest_first=True)
    return holds.page(query.limit, query.cursor)


def _partitions(org_id: str, query: HoldQuery) -> tuple[Any, list[str]]:
    """Return the index that has the list, and its partitions."""
    statuses = tuple(HoldStatus) if query.status is None else (query.status,)
    kinds = tuple(HoldKind) if query.kind is None else (query.kind,)
    if query.value is not None:
        values = {kind: held_value(kind, query.value) for kind in kinds}
        return Hold.of_batch, [
            value_partition(org_id, kind, value, status) for kind, value in values.items() for status in statuses
        ]
    if query.kind is not None:
        return Hold.of_sku, [kind_partition(org_id, query.kind, status) for status in statuses]
    return Hold.of_organisation, [all_partition(org_id, status) for status in statuses]
