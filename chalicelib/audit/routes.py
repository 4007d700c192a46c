"""The endpoint of the audit trail. There is one, and it reads: rows are written by what they tell of, and stay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.audit.queries import Wanted, look
from chalicelib.audit.tables import AuditRow
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.edge.types import Cursor, Limit, Moment

routes = Routes(__name__, "Audit")

READ = "audit.read"

AnyId = Annotated[str, Meta(min_length=1, max_length=255)]


class AuditQuery(
    msgspec.Struct, frozen=True, rename={"entity_id": "entityId", "actor_id": "actorId", "since": "from", "until": "to"}
):
    """Which rows: of a thing, of an actor, between two moments. By time alone and without `from`: the last 30 days."""

    entity_id: AnyId | None = None
    actor_id: AnyId | None = None
    since: Moment | None = None
    until: Moment | None = None
    limit: Limit = 20
    cursor: Cursor | None = None

    @staticmethod
    def cross_check(present: Mapping[str, Any]) -> Mapping[str, str]:
        """Time runs forward."""
        since, until = present.get("from"), present.get("to")
        return {"to": "must not be before from"} if since and until and until < since else {}


class AuditRowView(msgspec.Struct, frozen=True):
    """One mutating request: who did what to which thing, when, what it changed (`{field: [old, new]}`), how it ended.

    `outcome` is `OK` or the code of the error with which it was refused; then there is no diff.
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


class AuditMeta(msgspec.Struct, frozen=True, rename="camel"):
    """Where the list goes on; null at its end. A page may hold fewer rows than asked for, or none, and still go on."""

    next_cursor: str | None


class AuditPage(msgspec.Struct, frozen=True):
    """Some rows, newest first."""

    data: list[AuditRowView]
    meta: AuditMeta
    success: bool = True


@routes.get("/v1/audit", permission=READ, query=AuditQuery, returns=AuditPage)
def list_audit_rows(request: Request[Empty, AuditQuery]) -> Response[AuditPage]:
    """Who did what, newest first: to a thing, by an actor, or at a time."""
    actor, asked = request.actor, request.query
    actor.require_reach(READ)
    wanted = Wanted(asked.entity_id, asked.actor_id, asked.since, asked.until)
    page = look(actor.org_id, wanted, asked.limit, asked.cursor, dependencies().clock.now())
    return Response(AuditPage(page.mapped(_view), AuditMeta(page.next_cursor)))


def _view(row: AuditRow) -> AuditRowView:
    diff = None if row.payload_diff is None else msgspec.json.decode(row.payload_diff)
    return AuditRowView(
        actor_id=row.actor_id,
        entity_id=row.entity_id,
        entity_type=row.entity_type,
        action_type=row.action_type,
        timestamp=row.timestamp,
        payload_diff=diff,
        outcome=row.outcome,
        request_id=row.request_id,
        org_id=row.org_id,
    )
