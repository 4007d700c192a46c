"""Endpoints of traceability: what is in what, the life of a serial number as EPCIS, and what a cell lot went into."""

from __future__ import annotations

from urllib.parse import quote

from chalicelib.core.errors import AccessDenied, NotFound
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.settings import organisation_settings
from chalicelib.manufacturing import lives, recall, trace
from chalicelib.manufacturing.epcis import EPCIS_CONTEXT, VOCABULARY, EpcisDocument, document
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

_MODULE, _PACK, _BATCH, _SKU = (f"{kind}-019ceb1b-2248-7c1a-9d3f-2a8c5e41b7d0" for kind in ("MOD", "PCK", "BAT", "SKU"))
_TRACED = {
    "serial": "M-0001",
    "kind": "module",
    "id": _MODULE,
    "status": "SEALED",
    "ancestors": [
        {"kind": "pack", "id": _PACK, "serial": "P-0001", "status": "READY_FOR_EOL"},
        {"kind": "batch", "id": _BATCH, "status": "IN_PROGRESS"},
        {"kind": "sku", "id": _SKU, "status": "ACTIVE"},
    ],
    "descendants": [{"kind": "cell", "id": "C-0001", "serial": "C-0001"}],
}
_AFFECTED = {
    "kind": "pack",
    "id": _PACK,
    "serial": "P-0001",
    "status": "FINALIZED",
    "disposition": "PASS",
    "cells": 48,
    "modules": [{"id": _MODULE, "serial": "M-0001", "cells": 48}],
}
_BOUND = {
    "type": "AggregationEvent",
    "eventID": "urn:uuid:7f1c1f0a-6a0f-5b4e-8a37-0d5b5e0a9c11",
    "eventTime": "2026-03-14T09:26:53.589Z",
    "eventTimeZoneOffset": "+00:00",
    "action": "ADD",
    "bizStep": "assembling",
    "parentID": "https://id.gs1.org/01/09521234543213/21/M-0001",
    "childEPCs": ["https://trace.example.com/cell/C-0001"],
    "baton:kind": "module",
    "baton:id": _MODULE,
    "baton:serial": "M-0001",
    "baton:parts": [
        {"id": "https://trace.example.com/cell/C-0001", "baton:serial": "C-0001", "baton:lot": "LOT-2026-03"}
    ],
}
_DOCUMENT = {
    "@context": [EPCIS_CONTEXT, {"baton": VOCABULARY}],
    "schemaVersion": "2.0",
    "epcisBody": {"eventList": [_BOUND]},
}
_SETTLED = {
    "digitalLink": "https://id.gs1.org",
    "ownAddress": "https://trace.example.com",
    "gtins": {"example": ..., _SKU: {"module": "09521234543213", "pack": "09521234543220"}},
}


@routes.get(
    "/v1/trace/affected",
    permission=READ,
    query=AffectedQuery,
    returns=AffectedPage,
    errors=[AccessDenied],
    examples={"response": {"data": [_AFFECTED], "meta": {"totalCount": 1, "totalCells": 48, "nextCursor": None}}},
)
def list_affected(request: Request[Empty, AffectedQuery]) -> Response[AffectedPage]:
    """Every pack, and every module in no pack yet, that holds a cell of a lot."""
    request.actor.require_reach(READ)
    found = recall.affected_by(request.actor.org_id, request.query, dependencies().clock)
    return Response(AffectedPage(found.affected, found.meta))


@routes.get(
    "/v1/trace/{serial}",
    permission=READ,
    loads=trace.of_request,
    query=TraceQuery,
    returns=TraceAnswer,
    errors=_ERRORS,
    examples={"response": {"data": _TRACED}},
)
def get_trace(request: Request[Empty, TraceQuery]) -> Response[TraceAnswer]:
    """What is above and below a cell, module or pack."""
    found = trace.trace(request, dependencies().clock)
    return Response(TraceAnswer(found.view, CursorMeta(found.next_cursor)))


@routes.get(
    "/v1/trace/{serial}/export",
    permission=READ,
    loads=trace.of_request,
    query=ExportQuery,
    returns=EpcisDocument,
    errors=_ERRORS,
    examples={"response": _DOCUMENT},
)
def export_life(request: Request[Empty, ExportQuery]) -> Response[EpcisDocument]:
    """The life of a cell, module or pack as a document of GS1 EPCIS 2.0.

    A long life comes in several documents; the `Link` header names the next one as `rel="next"`.
    """
    clock = dependencies().clock
    found = lives.life(request, clock)
    headers = {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
    if found.next_page is not None:
        headers["Link"] = _next(request, found.next_page)
    return Response(document(found.events, clock.now()), headers=headers)


def _next(request: Request[Empty, ExportQuery], token: str) -> str:
    """The next page's address, relative to this one's, so that it holds behind any host and stage."""
    return f'<export?perPage={request.query.per_page}&nextPageToken={quote(token)}>; rel="next"'


organisation_settings(routes, lives.TRACEABILITY, _SETTLED)
