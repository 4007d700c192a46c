"""The query and the response of the audit trail."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.pagination import check_period
from chalicelib.edge.types import Cursor, Limit, Moment

AnyId = Annotated[str, Meta(min_length=1, max_length=255)]


class AuditQuery(
    msgspec.Struct, frozen=True, rename={"entity_id": "entityId", "actor_id": "actorId", "since": "from", "until": "to"}
):
    """Filters by entity, by actor and by time."""

    entity_id: AnyId | None = None
    """Only requests about this entity, such as the id of a user, an order or a pack."""
    actor_id: AnyId | None = None
    """Only requests of this actor: the id of a user, or `key:` and the id of an API key."""
    since: Moment | None = None
    """Only requests at or after this time. Without it, and without an entity or actor, the list begins 30 days before
    `to`."""
    until: Moment | None = None
    """Only requests at or before this time; now if it is omitted."""
    limit: Limit = 20
    """The largest number of rows on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page, with otherwise the same parameters."""

    cross_check = staticmethod(check_period)


class AuditClient(msgspec.Struct, frozen=True, rename="camel"):
    """From where a request was sent."""

    address: str
    """The IP address from which the request came."""
    user_agent: str
    """The `User-Agent` header, cut to 200 characters; empty if none was sent."""


class AuditRowView(msgspec.Struct, frozen=True):
    """One request that changed something, or was refused; or a change by the system itself."""

    actor_id: str
    """The id of the user, `key:` and the id of an API key, or a part of the system such as `system:sweep`."""
    entity_id: str
    """The id of the entity that the request was about. For a refused request that names none it is the request's id."""
    entity_type: str
    """The kind of the entity, such as `order`, `user` or `work_order`."""
    action_type: str
    """What was done or attempted, such as `MODULE_SEALED`."""
    timestamp: datetime
    """When the request was processed, UTC."""
    payload_diff: dict[str, Any] | None
    """The changes as `{field: [old, new]}`. A field of another entity than this one is named `kind/id.field`. Passwords
    and tokens never appear. Empty if nothing changed, null if the request was refused."""
    outcome: str
    """`OK`, or the code of the error with which the request was refused."""
    request_id: str
    """The id of the request, as its response has it in `X-Request-Id`, or of the run of a part of the system."""
    org_id: str
    """The id of the organisation."""
    actor_name: str | UnsetType = UNSET
    """The name of the API key. Absent if the actor is not an API key."""
    client: AuditClient | None = None
    """From where the request was sent. Null if it is not known, such as where no request was the cause."""
    repeated: int = 0
    """The number of further refused requests of the same actor since their previous row. They have no row, because
    there is at most one a second; 0 for a request that was not refused."""


class AuditMeta(msgspec.Struct, frozen=True, rename="camel"):
    """Where the next page begins."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null at the end; a page may hold fewer rows than requested and still have
    one."""


class AuditPage(msgspec.Struct, frozen=True):
    """A page of rows, newest first."""

    data: list[AuditRowView]
    """The rows of this page, newest first."""
    meta: AuditMeta
    """Where the next page begins."""
    success: bool = True
