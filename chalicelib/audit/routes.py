"""The endpoint of the audit trail. It only reads: rows are written with the changes they record, and never changed."""

from chalicelib.audit import permissions, queries, views
from chalicelib.audit.schemas import AuditPage, AuditQuery
from chalicelib.audit.tables import AuditRow
from chalicelib.core.pagination import Page
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "Audit")

_ROW = {
    "actor_id": "019ceb1b-2248-7a76-9ed3-a76ed395d395",
    "entity_id": "MOD-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0",
    "entity_type": "module",
    "action_type": "MODULE_SEALED",
    "timestamp": "2026-03-14T09:26:53.589Z",
    "payload_diff": {
        "status": ["IN_PROGRESS", "SEALED"],
        "sealed_at": [None, "2026-03-14T09:26:53.589Z"],
    },
    "outcome": "OK",
    "request_id": "019ceb1b-2248-7427-9eb8-427eb8a5b8a5",
    "org_id": "demo",
    "client": {"address": "203.0.113.24", "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"},
    "repeated": 0,
}


@routes.get(
    "/v1/audit",
    permission=permissions.READ,
    query=AuditQuery,
    returns=AuditPage,
    view=views.audit_page_view,
    examples={"response": {"data": [_ROW], "meta": {"nextCursor": None}}},
)
def list_audit_rows(request: Request[Empty, AuditQuery]) -> Page[AuditRow]:
    """List what was changed, or refused, newest first: by entity, by actor, or by time.

    Each request that changes something has one row, and so has each refused one by a signed-in caller, but at most one
    a second. A page may hold fewer rows than `limit`, or none, and still have a `nextCursor`: a page by time covers at
    most 31 days.
    """
    return queries.list_audit_rows(request.actor, request.query, dependencies().clock.now())
