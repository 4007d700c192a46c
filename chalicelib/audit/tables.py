"""The rows of `system_audit_trail`, and how they are found by time, by entity and by actor.

Rows of one day are spread over a few shards, since every mutation of an organisation writes one and a single key
would be hot. Nothing ever updates or deletes a row: the functions have no right to.
"""

from __future__ import annotations

import hashlib

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.core.actor import Actor
from chalicelib.core.clock import iso, to_millis
from chalicelib.core.table import Item, MomentAttribute, TableName, key, optional
from chalicelib.core.work import AuditSubject, UnitOfWork

SHARDS = 4
DONE = "OK"


class ByEntity(GlobalSecondaryIndex["AuditRow"]):
    """Everything that happened to one thing, in the order in which it happened."""

    class Meta:
        index_name = "by_entity"
        projection = AllProjection()

    entity_key = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class ByActor(GlobalSecondaryIndex["AuditRow"]):
    """Everything that one person did."""

    class Meta:
        index_name = "by_actor"
        projection = AllProjection()

    actor_key = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class AuditRow(Item):
    """One mutating request. `payload_diff` is JSON: `{field: [old, new]}`."""

    class Meta:
        table_name = TableName("system_audit_trail")

    kind = "audit_row"

    org_id = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    entity_type = UnicodeAttribute()
    entity_id = UnicodeAttribute()
    action_type = UnicodeAttribute()
    timestamp = MomentAttribute()
    outcome = UnicodeAttribute()
    request_id = UnicodeAttribute()
    payload_diff = optional(UnicodeAttribute())
    entity_key = UnicodeAttribute()
    actor_key = UnicodeAttribute()
    by_entity = ByEntity()
    by_actor = ByActor()


def day_key(org_id: str, day: str, shard: int) -> str:
    """The key of one shard of an organisation's day (`2026-01-31`)."""
    return key(org_id, "AUDIT", day, shard)


def new_row(work: UnitOfWork, actor: Actor, subject: AuditSubject, outcome: str, diff: str | None) -> AuditRow:
    """A row for what `actor` did to `subject` at the unit of work's moment."""
    row_id = work.ids.new()
    shard = hashlib.sha256(row_id.encode()).digest()[0] % SHARDS
    return AuditRow(
        day_key(actor.org_id, iso(work.now)[:10], shard),
        key(f"{to_millis(work.now):013d}", row_id),
        org_id=actor.org_id,
        actor_id=actor.user_id,
        entity_type=subject.entity_type,
        entity_id=subject.entity_id,
        action_type=subject.action,
        timestamp=work.now,
        outcome=outcome,
        request_id=actor.request_id,
        payload_diff=diff,
        entity_key=key(actor.org_id, "ENTITY", subject.entity_id),
        actor_key=key(actor.org_id, "ACTOR", actor.user_id),
    )
