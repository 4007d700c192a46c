"""The query and the response of the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import Cursor, Limit, Moment

AnyId = Annotated[str, Meta(min_length=1, max_length=255)]


class AuditQuery(
    msgspec.Struct, frozen=True, rename={"entity_id": "entityId", "actor_id": "actorId", "since": "from", "until": "to"}
):
    """Filters by entity, by actor, and by time (both ends included); by time alone without `from`: the last 30 days."""

    entity_id: AnyId | None = None
    actor_id: AnyId | None = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit = 20
    cursor: Cursor | None = None

    @staticmethod
    def cross_check(present: Mapping[str, Any]) -> Mapping[str, str]:
        """Require `from` to be before `to`."""
        since, until = present.get("from"), present.get("to")
        return {"to": "must not be before from"} if since and until and until < since else {}


class AuditClient(msgspec.Struct, frozen=True, rename="camel"):
    """From where the request was sent: the address, and at most 200 characters of the user agent."""

    address: str
    user_agent: str


class AuditRowView(msgspec.Struct, frozen=True):
    """One mutating request: actor, entity, action, time, changes (`{field: [old, new]}`), outcome and client.

    `actor_id` is a user's id, `key:` and the id of an API key (`actor_name` is its name then), or a part of the system.
    `outcome` is `OK`, or the code of the error with which the request was refused; a refused request has no changes.
    `repeated` counts further refused requests of the same person that have no row of their own, because there is at
    most one a second. `client` is null where no request was the cause, such as in a sweep.
    """

    actor_id: str
    entity_id: str
    entity_type: str
    action_type: str
    timestamp: datetime
    payload_diff: dict[str, Any] | None
    outcome: str
    request_id: str
    org_id: str
    actor_name: str | UnsetType = UNSET
    client: AuditClient | None = None
    repeated: int = 0


class AuditMeta(msgspec.Struct, frozen=True, rename="camel"):
    """The cursor of the next page; null at the end. A page may hold fewer rows than requested and still have one."""

    next_cursor: str | None


class AuditPage(msgspec.Struct, frozen=True):
    """A page of rows, newest first."""

    data: list[AuditRowView]
    meta: AuditMeta
    success: bool = True
