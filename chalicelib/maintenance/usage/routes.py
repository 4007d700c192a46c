"""Endpoints of what work orders use: labour and parts."""

from typing import Any

from chalicelib.core.errors import AccessDenied, Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.maintenance import permissions
from chalicelib.maintenance.resources import LABOUR, PART, USAGE, WORK_ORDER
from chalicelib.maintenance.usage import service, views
from chalicelib.maintenance.usage.schemas import AddLabour, AddPart, LabourView, PartUsedView
from chalicelib.maintenance.usage.tables import Labour, UsedPart
from chalicelib.maintenance.workorders import examples
from chalicelib.maintenance.workorders.tables import WorkOrder

routes = Routes(__name__, "Maintenance")

_LABOUR = "/v1/work-orders/{work_order_id}/labour"
_PARTS = "/v1/work-orders/{work_order_id}/parts"


def _declared(permission: str, audit_action: str, **related: Any) -> dict[str, Any]:
    """Return what the endpoints of labour and parts share."""
    return {
        "permission": permission,
        "resource": WORK_ORDER,
        "related": {"usage": USAGE, **related},
        "if_match": "optional",
        "audit_target": AuditTarget(WorkOrder.kind, audit_action, "work_order_id"),
    }


@routes.post(
    _LABOUR,
    **_declared(permissions.RECORD_LABOUR, "LABOUR_ADDED"),
    body=AddLabour,
    returns=LabourView,
    view=views.labour_view,
    status=201,
    errors=[Conflict],
    examples={"request": examples.NEW_LABOUR, "response": examples.LABOUR},
)
def add_labour(request: Request[AddLabour, Empty, WorkOrder], work: UnitOfWork) -> Labour:
    """Add time to a work order, beside the time from its start to its end, which is known.

    It is possible in every state, up to 200 times, and leaves the version of the work order as it is. A repeated
    request adds the time again: send an `Idempotency-Key`.
    """
    return service.add_labour(work, request.resource, request.body, request.actor, request.related["usage"])


@routes.delete(
    f"{_LABOUR}/{{labour_id}}",
    **_declared(permissions.RECORD_LABOUR, "LABOUR_REMOVED", labour=LABOUR),
    status=204,
    errors=[AccessDenied],
)
def remove_labour(request: Request[Empty, Empty, WorkOrder], work: UnitOfWork) -> None:
    """Remove time that was added by mistake.

    A technician removes what they have added themselves, a lead everything in the zone. The audit trail and the
    timeline keep it.
    """
    related = request.related
    service.remove_labour(work, request.resource, related["labour"], request.actor, related["usage"])


@routes.post(
    _PARTS,
    **_declared(permissions.RECORD_PARTS, "PART_ADDED"),
    body=AddPart,
    returns=PartUsedView,
    view=views.part_view,
    status=201,
    errors=[Conflict],
    examples={"request": examples.NEW_PART, "response": examples.PART},
)
def add_part(request: Request[AddPart, Empty, WorkOrder], work: UnitOfWork) -> UsedPart:
    """Add a part that a work order used.

    It is possible in every state, up to 200 times, and leaves the version of the work order as it is. Costs are exact,
    and added up by currency. A repeated request adds the part again: send an `Idempotency-Key`.
    """
    return service.add_part(work, request.resource, request.body, request.actor, request.related["usage"])


@routes.delete(
    f"{_PARTS}/{{part_id}}",
    **_declared(permissions.RECORD_PARTS, "PART_REMOVED", part=PART),
    status=204,
    errors=[AccessDenied],
)
def remove_part(request: Request[Empty, Empty, WorkOrder], work: UnitOfWork) -> None:
    """Remove a part that was added by mistake.

    A technician removes what they have added themselves, a lead everything in the zone. The audit trail and the
    timeline keep it.
    """
    related = request.related
    service.remove_part(work, request.resource, related["part"], request.actor, related["usage"])
