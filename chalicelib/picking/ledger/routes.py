"""The endpoint that takes a pick scanner's events."""

from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.picking import permissions
from chalicelib.picking.ledger import event_ingestion
from chalicelib.picking.ledger.assignment_lane import ACTION
from chalicelib.picking.ledger.event_parsing import recover_batch
from chalicelib.picking.ledger.schemas import BatchAnswer, ClientEvents, EventBatch

routes = Routes(__name__, "Pick scanner")


@routes.post(
    "/events/batch",
    permission=permissions.SEND_EVENTS,
    batch=True,
    body=EventBatch,
    recover_body=recover_batch,
    documented_body=ClientEvents,
    returns=BatchAnswer,
    audit_target=AuditTarget("event_batch", ACTION),
    examples={
        "request": {
            "events": [
                {
                    "client_event_id": "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10",
                    "event_type": "scan_received",
                    "payload": {
                        "raw": "5901234123457",
                        "assignment_id": "PA-1001",
                        "order_id": "PA-1001",
                        "at": "2026-03-14T09:26:53.000Z",
                    },
                    "created_at": "2026-03-14T09:26:53.000Z",
                    "device_id": "truck-7",
                }
            ]
        },
        "response": {"status": [{"client_event_id": "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10", "result": "accepted"}]},
    },
)
def record_events(request: Request[EventBatch, Empty]) -> Response[BatchAnswer]:
    """Send up to 500 scans and other events; each has its own result.

    Events are recorded one by one: an invalid one is rejected and does not affect the others. An event counts if the
    caller held the assignment when it happened, however late it arrives. Remove accepted and duplicate events from the
    queue. Send rejected ones again if the reason is `retry` or `internal_error`; the same `client_event_id` makes that
    safe. Other rejected events are listed for supervisors, and are a `duplicate` once one of them has decided.
    """
    statuses = event_ingestion.record_events(dependencies(), request.body, request.actor)
    return Response(BatchAnswer(statuses), incomplete=event_ingestion.is_retryable(statuses))
