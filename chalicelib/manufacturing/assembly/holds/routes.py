"""Endpoints of holds."""

from chalicelib.core.pagination import Page
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import permissions
from chalicelib.manufacturing.assembly.holds import examples, queries, service
from chalicelib.manufacturing.assembly.holds.blocking import holds_resource
from chalicelib.manufacturing.assembly.holds.errors import TooManyHolds
from chalicelib.manufacturing.assembly.holds.rules import HOLD, HoldAction
from chalicelib.manufacturing.assembly.holds.schemas import CreateHold, HoldQuery, HoldView, ReleaseHold
from chalicelib.manufacturing.assembly.holds.tables import Hold, hold_key
from chalicelib.manufacturing.assembly.holds.views import hold_view
from chalicelib.manufacturing.tables import ProductionBatch, entity_key
from chalicelib.manufacturing.traceability.tables import registry_key
from chalicelib.manufacturing.views import cursor_response, envelope_response

routes = Routes(__name__, "Battery console")

_HOLD_RESPONSE = envelope_response(HoldView, hold_view)
_HOLD_RESOURCE = Resource(
    key=hold_key,
    id_from=("hold_id",),
    id_name="holdId",
    owners=lambda hold, _: (hold.created_by,),
    states=HOLD,
)
_NUMBER_IN_BODY = Resource(key=registry_key, id_from=("value",), required=False, in_scope=False)
_ENTITY_IN_BODY = Resource(key=entity_key, id_from=("value",), required=False, in_scope=False)


@routes.get(
    "/v1/holds",
    permission=permissions.READ_HOLD,
    query=HoldQuery,
    **cursor_response(HoldView, hold_view),
    examples={"response": {"data": [examples.LISTED_HOLD], "meta": {"nextCursor": None}}},
)
def list_holds(request: Request[Empty, HoldQuery]) -> Page[Hold]:
    """List holds, newest first.

    A new hold appears within moments, and works at once.
    """
    return queries.list_holds(request.actor, request.query)


@routes.post(
    "/v1/holds",
    permission=permissions.CREATE_HOLD,
    related={"holds": holds_resource(), "number": _NUMBER_IN_BODY, "entity": _ENTITY_IN_BODY},
    body=CreateHold,
    **_HOLD_RESPONSE,
    status=201,
    errors=[TooManyHolds],
    audit_target=AuditTarget(Hold.kind, "HOLD_CREATED"),
    examples={"request": examples.NEW_HOLD, "response": {"data": examples.HOLD}},
)
def create_hold(request: Request[CreateHold, Empty], work: UnitOfWork) -> Hold:
    """Hold a lot, a serial number or a batch: what is held cannot be bound, sealed, passed or shipped.

    A held cell or lot also holds its modules and the packs that these are in, a held module its pack, a held batch its
    modules and packs. Their steps are 409 `ON_HOLD` from the moment of this response on; `FAIL`, `QUARANTINE`,
    unbinding, scrap, rework and void stay possible. A lot or serial number may be held before it is used. What is held
    twice has to be released twice.
    """
    entity = request.related["entity"]
    return service.create_hold(
        work,
        request.body,
        request.actor,
        holds=request.related["holds"],
        number=request.related["number"],
        batch=entity if isinstance(entity, ProductionBatch) else None,
    )


@routes.get(
    "/v1/holds/{hold_id}",
    permission=permissions.READ_HOLD,
    resource=_HOLD_RESOURCE,
    **_HOLD_RESPONSE,
    examples={"response": {"data": examples.RELEASED_HOLD}},
)
def get_hold(request: Request[Empty, Empty, Hold]) -> Hold:
    """Get a hold."""
    return request.resource


@routes.post(
    "/v1/holds/{hold_id}/release",
    permission=permissions.RELEASE_HOLD,
    resource=_HOLD_RESOURCE,
    related={"holds": holds_resource()},
    transition=HoldAction.RELEASE,
    body=ReleaseHold,
    **_HOLD_RESPONSE,
    audit_target=AuditTarget(Hold.kind, "HOLD_RELEASED", "hold_id"),
    examples={"request": examples.RELEASE, "response": {"data": examples.RELEASED_HOLD}},
)
def release_hold(request: Request[ReleaseHold, Empty, Hold], work: UnitOfWork) -> Hold:
    """Release a hold: what no other hold holds can be bound, sealed, passed and shipped again.

    Releasing it again is 409 `WORKFLOW_VIOLATION`.
    """
    return service.release_hold(work, request.resource, request.body, request.actor, holds=request.related["holds"])
