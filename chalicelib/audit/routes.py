"""The endpoint of the audit trail. It only reads: rows are written with the changes they record, and never changed."""

from chalicelib.audit import permissions, queries, views
from chalicelib.audit.schemas import AuditPage, AuditQuery
from chalicelib.audit.tables import AuditRow
from chalicelib.core.pagination import Page
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "Audit")


@routes.get("/v1/audit", permission=permissions.READ, query=AuditQuery, returns=AuditPage, view=views.audit_page_view)
def list_audit_rows(request: Request[Empty, AuditQuery]) -> Page[AuditRow]:
    """List mutating requests, newest first: by entity, by actor, or by time."""
    return queries.list_audit_rows(request.actor, request.query, dependencies().clock.now())
