"""Endpoints of traceability: traces, histories as EPCIS documents, and recalls by cell lot."""

from typing import Any

from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import Resource
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.identity.settings import organisation_settings
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds.blocking import holds_resource
from chalicelib.manufacturing.assembly.holds.examples import UNIT_HOLD
from chalicelib.manufacturing.examples import BATCH_ID, MODULE_ID, PACK_ID, SKU_ID
from chalicelib.manufacturing.tables import entity_key
from chalicelib.manufacturing.traceability import history, queries, recall
from chalicelib.manufacturing.traceability.epcis_document import EPCIS_CONTEXT, VOCABULARY, EpcisDocument
from chalicelib.manufacturing.traceability.schemas import (
    AffectedPage,
    AffectedQuery,
    ExportQuery,
    TraceAnswer,
    TraceQuery,
)
from chalicelib.manufacturing.traceability.serial_registry import find_scanned
from chalicelib.manufacturing.traceability.settings import TRACEABILITY
from chalicelib.manufacturing.traceability.tables import SerialNumber, registry_key
from chalicelib.manufacturing.traceability.views import history_response

routes = Routes(__name__, "Traceability")

# The registry spans organisations and forgets unbound cells, so existence and scope are checked by the queries.
_SERIAL_RESOURCE = Resource(key=registry_key, id_from=("serial",), required=False, in_scope=False)
_ENTITY_RESOURCE = Resource(key=entity_key, id_from=("serial",), required=False, in_scope=False)
_ORGANISATION = Resource(key=organisation_key, id_from=(), required=False)

_TRACE_EXAMPLE = {
    "serial": "M-0001",
    "kind": "module",
    "id": MODULE_ID,
    "status": "SEALED",
    "ancestors": [
        {"kind": "pack", "id": PACK_ID, "serial": "P-0001", "status": "READY_FOR_EOL"},
        {"kind": "batch", "id": BATCH_ID, "status": "IN_PROGRESS"},
        {"kind": "sku", "id": SKU_ID, "status": "ACTIVE"},
    ],
    "descendants": [{"kind": "cell", "id": "C-0001", "serial": "C-0001"}],
    "holds": [UNIT_HOLD],
}
_AFFECTED_EXAMPLE = {
    "kind": "pack",
    "id": PACK_ID,
    "serial": "P-0001",
    "status": "FINALIZED",
    "disposition": "PASS",
    "cells": 48,
    "modules": [{"id": MODULE_ID, "serial": "M-0001", "cells": 48}],
}
_EVENT_EXAMPLE = {
    "type": "AggregationEvent",
    "eventID": "urn:uuid:7f1c1f0a-6a0f-5b4e-8a37-0d5b5e0a9c11",
    "eventTime": "2026-03-14T09:26:53.589Z",
    "eventTimeZoneOffset": "+00:00",
    "action": "ADD",
    "bizStep": "assembling",
    "parentID": "https://id.gs1.org/01/09521234543213/21/M-0001",
    "childEPCs": ["https://trace.example.com/cell/C-0001"],
    "baton:kind": "module",
    "baton:id": MODULE_ID,
    "baton:serial": "M-0001",
    "baton:parts": [
        {"id": "https://trace.example.com/cell/C-0001", "baton:serial": "C-0001", "baton:lot": "LOT-2026-03"}
    ],
}
_DOCUMENT_EXAMPLE = {
    "@context": [EPCIS_CONTEXT, {"baton": VOCABULARY}],
    "schemaVersion": "2.0",
    "epcisBody": {"eventList": [_EVENT_EXAMPLE]},
}
_SETTINGS_EXAMPLE = {
    "digitalLink": "https://id.gs1.org",
    "ownAddress": "https://trace.example.com",
    "gtins": {SKU_ID: {"module": "09521234543213", "pack": "09521234543220"}},
}


@routes.get(
    "/v1/trace/affected",
    permission=permissions.TRACE,
    query=AffectedQuery,
    returns=AffectedPage,
    examples={
        "response": {"data": [_AFFECTED_EXAMPLE], "meta": {"totalCount": 1, "totalCells": 48, "nextCursor": None}}
    },
)
def list_affected(request: Request[Empty, AffectedQuery]) -> AffectedPage:
    """List each pack, and each module in no pack, that holds a cell of a lot, and each such cell that is in no module.

    Cells come first, then modules, then packs, each once with its modules that hold such cells. A cell counts under
    every lot that it ever had, wherever it is bound now.
    """
    return recall.list_affected(request.actor, request.query, dependencies().clock)


@routes.get(
    "/v1/trace/{serial}",
    permission=permissions.TRACE,
    resource=_SERIAL_RESOURCE,
    related={"entity": _ENTITY_RESOURCE, "holds": holds_resource("serial")},
    query=TraceQuery,
    returns=TraceAnswer,
    examples={"response": {"data": _TRACE_EXAMPLE, "meta": {"nextCursor": None}}},
)
def trace_serial(request: Request[Empty, TraceQuery, SerialNumber | None]) -> TraceAnswer:
    """Get the ancestors and descendants of a cell, module or pack by its serial number, or a scanned code with it.

    Ids (`MOD-...`, `PCK-...`, `BAT-...`, `SKU-...`) are taken too: a batch has its packs and then its modules as
    descendants, a SKU its batches. A cell that was unbound is `REMOVED` and has neither ancestors nor descendants. A
    number that this organisation never used, and an unknown id, is 404.
    """
    return queries.trace(request.actor, _named(request), request.query, dependencies().clock)


@routes.get(
    "/v1/trace/{serial}/export",
    permission=permissions.TRACE,
    resource=_SERIAL_RESOURCE,
    related={"entity": _ENTITY_RESOURCE, "organisation": _ORGANISATION},
    query=ExportQuery,
    returns=EpcisDocument,
    examples={"response": _DOCUMENT_EXAMPLE},
)
def export_history(request: Request[Empty, ExportQuery, SerialNumber | None]) -> Response[EpcisDocument]:
    """Export the history of a cell, module or pack as a GS1 EPCIS 2.0 document.

    The history of a pack includes its modules and cells, that of a cell every module that held it. A long history is
    returned in several documents of at most 3 MB; the `Link` header names the next one, relative to this address, as
    `rel="next"`. The events are ordered by unit and not by time. The id of an event is made from its content, so it is
    the same in each document that contains it. The id of a module or pack is taken like its serial number.
    """
    clock = dependencies().clock
    organisation = request.related["organisation"]
    page = history.get_history(request.actor, _named(request), request.query, organisation=organisation, clock=clock)
    return history_response(page, request.query.per_page, clock.now())


def _named(request: Request[Empty, Any, SerialNumber | None]) -> queries.Named:
    number, text = find_scanned(request.resource, request.path["serial"])
    return queries.Named(text, number, request.related["entity"], request.related.get("holds"))


organisation_settings(routes, TRACEABILITY, _SETTINGS_EXAMPLE)
