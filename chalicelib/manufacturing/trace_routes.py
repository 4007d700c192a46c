"""Endpoints of traceability: what is in what, the life of a serial number as EPCIS, and what a cell lot went into."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.core.errors import AccessDenied, NotFound
from chalicelib.edge.request import Nothing, Reply, Request
from chalicelib.edge.routes import Routes
from chalicelib.edge.runtime import runtime
from chalicelib.identity.organisation import organisation_settings
from chalicelib.manufacturing import lives, recall, trace
from chalicelib.manufacturing.epcis import EpcisDocument, document
from chalicelib.manufacturing.trace_schemas import (
    AffectedPage,
    AffectedQuery,
    CursorMeta,
    ExportQuery,
    TraceAnswer,
    TraceQuery,
)

routes = Routes(__name__, "Traceability")

READ = trace.READ
_ERRORS = [NotFound, AccessDenied]


@routes.get("/v1/trace/affected", permission=READ, query=AffectedQuery, returns=AffectedPage, errors=[AccessDenied])
def list_affected(request: Request[Nothing, AffectedQuery]) -> Reply[AffectedPage]:
    """Every pack, and every module in no pack yet, that holds a cell of a lot."""
    request.principal.require_reach(READ)
    found = recall.affected_by(request.principal.org_id, request.query, runtime().clock)
    return Reply(AffectedPage(found.affected, found.meta))


@routes.get(
    "/v1/trace/{serial}",
    permission=READ,
    loads=trace.of_request,
    query=TraceQuery,
    returns=TraceAnswer,
    errors=_ERRORS,
)
def get_trace(request: Request[Nothing, TraceQuery]) -> Reply[TraceAnswer]:
    """What is above and below a cell, module or pack."""
    found = trace.trace(request, runtime().clock)
    return Reply(TraceAnswer(found.view, CursorMeta(found.next_cursor)))


@routes.get(
    "/v1/trace/{serial}/export",
    permission=READ,
    loads=trace.of_request,
    query=ExportQuery,
    returns=EpcisDocument,
    errors=_ERRORS,
)
def export_life(request: Request[Nothing, ExportQuery]) -> Reply[EpcisDocument]:
    """The life of a cell, module or pack as a document of GS1 EPCIS 2.0.

    A long life comes in several documents; the `Link` header names the next one as `rel="next"`.
    """
    clock = runtime().clock
    found = lives.life(request, clock)
    headers = {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
    if found.next_page is not None:
        headers["Link"] = _next(request, found.next_page)
    return Reply(document(found.events, clock.now()), headers=headers)


def _next(request: Request[Nothing, ExportQuery], token: str) -> str:
    """The next page's address, relative to this one's, so that it holds behind any host and stage."""
    return f'<export?perPage={request.query.per_page}&nextPageToken={quote(token)}>; rel="next"'


organisation_settings(routes, lives.TRACEABILITY)
