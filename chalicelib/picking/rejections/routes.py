"""Endpoints of the supervisors for rejected events."""

from operator import attrgetter

from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.identity.accounts.settings import general_settings
from chalicelib.identity.accounts.tables import organisation_key
from chalicelib.picking import permissions
from chalicelib.picking.ledger.tables import EventRecord, event_record_key
from chalicelib.picking.rejections import queries, service, views
from chalicelib.picking.rejections.examples import ACCEPTED, DISMISSED, OPEN
from chalicelib.picking.rejections.rules import REJECTED_EVENT, RejectedEventAction
from chalicelib.picking.rejections.schemas import (
    Acceptance,
    Dismissal,
    RejectedEventPage,
    RejectedEventQuery,
    RejectedEventView,
)

routes = Routes(__name__, "Pick scanner")

REJECTED = Resource(
    key=event_record_key,
    id_from=("client_event_id",),
    name="rejected event",
    # The record of an event that was never rejected has no organisation, and so counts as absent.
    org_id=attrgetter("org_id"),
    states=REJECTED_EVENT,
)
ORGANISATION = Resource(key=organisation_key, id_from=(), required=False)


@routes.get(
    "/v1/picking/rejected-events",
    permission=permissions.REVIEW_EVENTS,
    query=RejectedEventQuery,
    returns=RejectedEventPage,
    view=views.rejected_event_page_view,
    examples={"response": {"events": [OPEN]}},
)
def list_rejected_events(request: Request[Empty, RejectedEventQuery]) -> Page[EventRecord]:
    """List the events of scanners that were rejected, the last rejected first.

    An event is listed with its newest try, until a later try of the client is accepted or a supervisor decides. Events
    without a usable id, or of another company, and those rejected as `retry` are not listed.
    """
    return queries.list_rejected_events(request.actor, request.query)


@routes.post(
    "/v1/picking/rejected-events/{client_event_id}/accept",
    permission=permissions.REVIEW_EVENTS,
    resource=REJECTED,
    related={"organisation": ORGANISATION},
    transition=RejectedEventAction.ACCEPT,
    body=Acceptance,
    returns=RejectedEventView,
    view=views.rejected_event_view,
    examples={"response": ACCEPTED},
    audit_target=AuditTarget(EventRecord.kind, "PICK_EVENT_ACCEPTED", "client_event_id"),
)
def accept_rejected_event(request: Request[Acceptance, Empty, EventRecord], work: UnitOfWork) -> EventRecord:
    """Let a rejected event count for the user who sent it, at the moment at which it happened.

    It does not matter who held the assignment then, or whether it has ended. The client's next try is answered as a
    `duplicate`, so the event leaves its queue. An event that is not well-formed, or whose assignment does not exist,
    can only be dismissed: 409. Repeating the request changes nothing.
    """
    time_zone = general_settings(request.related["organisation"]).timezone
    return service.accept_event(work, request.resource, request.body, request.actor, time_zone)


@routes.post(
    "/v1/picking/rejected-events/{client_event_id}/dismiss",
    permission=permissions.REVIEW_EVENTS,
    resource=REJECTED,
    transition=RejectedEventAction.DISMISS,
    body=Dismissal,
    returns=RejectedEventView,
    view=views.rejected_event_view,
    examples={"response": DISMISSED},
    audit_target=AuditTarget(EventRecord.kind, "PICK_EVENT_DISMISSED", "client_event_id"),
)
def dismiss_rejected_event(request: Request[Dismissal, Empty, EventRecord], work: UnitOfWork) -> EventRecord:
    """Decide that a rejected event does not count, with a reason.

    The client's next try is answered as a `duplicate`, so the event leaves its queue. Repeating the request changes
    nothing.
    """
    return service.dismiss_event(work, request.resource, request.body, request.actor)
