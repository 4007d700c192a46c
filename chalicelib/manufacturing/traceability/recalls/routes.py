"""Endpoints of recall cases."""

from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.csv_response import CSV, prefers_csv
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.examples import listed
from chalicelib.manufacturing.listing import EntityPage, totals_of
from chalicelib.manufacturing.schemas import CursorEnvelope, CursorMeta
from chalicelib.manufacturing.traceability.recalls import examples, queries, schemas, service
from chalicelib.manufacturing.traceability.recalls.rules import RECALL, RecallAction
from chalicelib.manufacturing.traceability.recalls.tables import RecallCase, recall_key
from chalicelib.manufacturing.traceability.recalls.views import recall_detail, recall_view, unit_view, units_file
from chalicelib.manufacturing.views import envelope_response, list_response

routes = Routes(__name__, "Traceability")


def _opened_by(case: RecallCase, _: Actor) -> tuple[str]:
    return (case.created_by,)


_RECALL = Resource(
    key=recall_key, id_from=("recall_id",), id_name="recallId", name="recall", owners=_opened_by, states=RECALL
)
_RESPONSE = envelope_response(schemas.RecallView, recall_view)


@routes.post(
    "/v1/recalls",
    permission=permissions.MANAGE_RECALL,
    body=schemas.OpenRecall,
    **_RESPONSE,
    status=201,
    audit_target=AuditTarget(RecallCase.kind, "RECALL_OPENED"),
    examples={"request": examples.OPENED, "response": {"data": examples.NEW_RECALL}},
)
def open_recall(request: Request[schemas.OpenRecall], work: UnitOfWork) -> RecallCase:
    """Open a recall case: its list of affected units is frozen.

    Affected are the cells that were ever bound under one of the lots, also if they were unbound or bound again
    elsewhere, and what the serial numbers name. What is bound later does not change the list. The units are collected
    after the response, a few hundred at once and more within minutes: `progress` tells how many are on the list.
    """
    return service.open_recall(work, request.body, request.actor)


@routes.get(
    "/v1/recalls",
    permission=permissions.READ_RECALL,
    query=schemas.RecallQuery,
    reads=totals_of(RecallCase),
    **list_response(schemas.RecallView, recall_view),
    examples=listed(examples.RECALL),
)
def list_recalls(request: Request[Empty, schemas.RecallQuery]) -> EntityPage[RecallCase]:
    """List recall cases, newest first.

    A new case appears in the list within moments; the total counts it at once.
    """
    return queries.list_recalls(request.actor, request.query, request.found)


@routes.get(
    "/v1/recalls/{recall_id}",
    permission=permissions.READ_RECALL,
    resource=_RECALL,
    **envelope_response(schemas.RecallDetail, recall_detail),
    examples={"response": {"data": examples.RECALL_DETAIL}},
)
def get_recall(request: Request[Empty, Empty, RecallCase]) -> queries.RecallContents:
    """Get a recall case with its progress and the serial numbers that it names."""
    return queries.get_recall_contents(request.resource)


@routes.get(
    "/v1/recalls/{recall_id}/units",
    permission=permissions.READ_RECALL,
    resource=_RECALL,
    query=schemas.UnitsQuery,
    returns=CursorEnvelope[schemas.RecalledUnitView],
    other_media_types=[CSV],
    examples={"response": {"data": [examples.UNIT], "meta": {"nextCursor": None}}},
)
def list_units(
    request: Request[Empty, schemas.UnitsQuery, RecallCase],
) -> Response[Any] | CursorEnvelope[schemas.RecalledUnitView]:
    """List the affected units of a recall case by serial number, each as it was when it was collected.

    With `Accept: text/csv` a page is a CSV file with a header and the same fields; its `Link` header names the next
    one, relative to this address, as `rel="next"`. While units are being collected, more appear anywhere in the list.
    """
    page = queries.list_units(request.resource, request.query)
    if prefers_csv(request.client.accept):
        return units_file(request.resource.item_id, page, request.query.limit)
    return CursorEnvelope(list(map(unit_view, page.items)), CursorMeta(page.next_cursor))


@routes.patch(
    "/v1/recalls/{recall_id}/units",
    permission=permissions.MANAGE_RECALL,
    resource=_RECALL,
    transition=RecallAction.HANDLE,
    body=schemas.HandleUnits,
    **_RESPONSE,
    audit_target=AuditTarget(RecallCase.kind, "RECALL_UNITS_HANDLED", "recall_id"),
    examples={"request": examples.HANDLED, "response": {"data": examples.RECALL}},
)
def handle_units(request: Request[schemas.HandleUnits, Empty, RecallCase], work: UnitOfWork) -> RecallCase:
    """Mark units of a recall case as dealt with, or take marks back: all or none, at most 90 at once.

    What is marked already stays as it is. A serial number that is not on the list is 422.
    """
    return service.handle_units(work, request.resource, request.body, request.actor)


@routes.patch(
    "/v1/recalls/{recall_id}/close",
    permission=permissions.MANAGE_RECALL,
    resource=_RECALL,
    transition=RecallAction.CLOSE,
    body=schemas.EndRecall,
    **_RESPONSE,
    audit_target=AuditTarget(RecallCase.kind, "RECALL_CLOSED", "recall_id"),
    examples={"request": examples.END, "response": {"data": examples.CLOSED_RECALL}},
)
def close_recall(request: Request[schemas.EndRecall, Empty, RecallCase], work: UnitOfWork) -> RecallCase:
    """Close a recall case that is done. Its list stays, and it can be opened again."""
    return service.close_recall(work, request.resource, request.body)


@routes.patch(
    "/v1/recalls/{recall_id}/cancel",
    permission=permissions.MANAGE_RECALL,
    resource=_RECALL,
    transition=RecallAction.CANCEL,
    body=schemas.EndRecall,
    **_RESPONSE,
    audit_target=AuditTarget(RecallCase.kind, "RECALL_CANCELED", "recall_id"),
    examples={"request": {"reason": "Wrong lot"}, "response": {"data": examples.CANCELED_RECALL}},
)
def cancel_recall(request: Request[schemas.EndRecall, Empty, RecallCase], work: UnitOfWork) -> RecallCase:
    """Cancel a recall case that was opened by mistake, for good.

    What was collected of its list stays, and no more is collected.
    """
    return service.cancel_recall(work, request.resource, request.body)


@routes.patch(
    "/v1/recalls/{recall_id}/reopen",
    permission=permissions.MANAGE_RECALL,
    resource=_RECALL,
    transition=RecallAction.REOPEN,
    body=schemas.EndRecall,
    **_RESPONSE,
    audit_target=AuditTarget(RecallCase.kind, "RECALL_REOPENED", "recall_id"),
    examples={"request": {"reason": "A unit came back"}, "response": {"data": examples.REOPENED_RECALL}},
)
def reopen_recall(request: Request[schemas.EndRecall, Empty, RecallCase], work: UnitOfWork) -> RecallCase:
    """Open a closed recall case again. Its list does not change."""
    return service.reopen_recall(work, request.resource, request.body)
