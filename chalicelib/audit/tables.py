"""The rows of `system_audit_trail`, with their keys by time, by entity and by actor.

The rows of a day are spread over a few shards, because every mutation of an organisation writes one and a single
partition would become hot. No function is allowed to update or delete a row.
"""

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection

from chalicelib.audit.diffs import DiffAttribute
from chalicelib.core.actor import Actor
from chalicelib.core.clock import iso, to_millis
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import ExpiryAttribute, IntAttribute, Item, MomentAttribute, index, key, optional, stored_in
from chalicelib.core.work import AuditSubject, UnitOfWork

AUDIT_SHARDS = Shards(4)
OUTCOME_OK = "OK"
NO_CHANGES = "{}"
"""The `payload_diff` of a request that was allowed and changed nothing."""


class AuditRow(Item):
    """One mutating request. `payload_diff` is JSON: `{field: [old, new]}`."""

    Meta = stored_in("system_audit_trail")
    kind = "audit_row"

    org_id = UnicodeAttribute()
    actor_id = UnicodeAttribute()
    actor_name = optional(UnicodeAttribute())
    """The name of an API key, which can no longer be read once the key is deleted."""
    entity_type = UnicodeAttribute()
    entity_id = UnicodeAttribute()
    action_type = UnicodeAttribute()
    timestamp = MomentAttribute()
    outcome = UnicodeAttribute()
    request_id = UnicodeAttribute()
    payload_diff = optional(DiffAttribute())
    client_address = optional(UnicodeAttribute())
    user_agent = optional(UnicodeAttribute())
    repeated = optional(IntAttribute())
    """The refused requests of the same person since their last row that have no row of their own."""
    entity_key = UnicodeAttribute()
    actor_key = UnicodeAttribute()
    by_entity = index(AllProjection(), entity_key=UnicodeAttribute, sk=UnicodeAttribute)
    """The rows of one entity, by time."""
    by_actor = index(AllProjection(), actor_key=UnicodeAttribute, sk=UnicodeAttribute)
    """The rows of one actor, by time."""

    @property
    def made_changes(self) -> bool:
        """Return whether the request was allowed and changed something; a step that is repeated changes nothing."""
        return self.outcome == OUTCOME_OK and self.payload_diff != NO_CHANGES


class RefusalCounter(Item):
    """When the last row of a refused request of a person was written, and how many have been refused since."""

    Meta = stored_in("edge")
    kind = "refusal_counter"

    written_at = MomentAttribute()
    repeated = IntAttribute(default=0)
    expires_at = ExpiryAttribute()


def refusals_key(org_id: str, user_id: str) -> ItemKey[RefusalCounter]:
    """Return the key of the counter of a person's refused requests."""
    return ItemKey(RefusalCounter, key(org_id, "REFUSALS", user_id), "COUNTER")


def new_row(work: UnitOfWork, actor: Actor, subject: AuditSubject, outcome: str, diff: str | None) -> AuditRow:
    """Return a row for an action of `actor` on `subject` at the time of the unit of work."""
    row_id = work.ids.new()
    return AuditRow(
        AUDIT_SHARDS.key_of(row_id, actor.org_id, "AUDIT", iso(work.now)[:10]),
        key(f"{to_millis(work.now):013d}", row_id),
        org_id=actor.org_id,
        actor_id=actor.user_id,
        actor_name=actor.full_name if actor.is_machine else None,
        entity_type=subject.entity_type,
        entity_id=subject.entity_id,
        action_type=subject.action,
        timestamp=work.now,
        outcome=outcome,
        request_id=actor.request_id,
        payload_diff=diff,
        client_address=None if actor.client is None else actor.client.address,
        user_agent=None if actor.client is None else actor.client.user_agent,
        entity_key=key(actor.org_id, "ENTITY", subject.entity_id),
        actor_key=key(actor.org_id, "ACTOR", actor.user_id),
    )
