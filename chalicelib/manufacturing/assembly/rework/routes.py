"""The endpoints by which modules and packs leave the line: unbinding, scrap, rework, void, shipment and returns."""

from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import examples, permissions
from chalicelib.manufacturing.assembly.holds.blocking import holds_resource
from chalicelib.manufacturing.assembly.holds.errors import OnHold
from chalicelib.manufacturing.assembly.rework import schemas, service
from chalicelib.manufacturing.assembly.schemas import ModuleView, PackView
from chalicelib.manufacturing.assembly.views import module_view, pack_view
from chalicelib.manufacturing.errors import SerialNotFound
from chalicelib.manufacturing.resources import MODULE_IN_BODY, MODULE_RESOURCE, PACK_RESOURCE
from chalicelib.manufacturing.rules import LineAction
from chalicelib.manufacturing.tables import Module, Pack
from chalicelib.manufacturing.traceability.tables import SerialNumber, registry_key
from chalicelib.manufacturing.views import envelope_response

routes = Routes(__name__, "Battery console")

_PACK_RESPONSE = envelope_response(PackView, pack_view)
_NUMBER_IN_BODY = Resource(key=registry_key, id_from=("serial",), required=False, in_scope=False)


@routes.patch(
    "/v1/modules/{module_id}/scrap",
    permission=permissions.SCRAP_MODULE,
    resource=MODULE_RESOURCE,
    transition=LineAction.SCRAP,
    body=schemas.ScrapModule,
    **envelope_response(ModuleView, module_view),
    audit_target=AuditTarget(Module.kind, "MODULE_SCRAPPED", "module_id"),
    examples={"request": examples.SCRAP, "response": {"data": examples.SCRAPPED_MODULE}},
)
def scrap_module(request: Request[schemas.ScrapModule, Empty, Module], work: UnitOfWork) -> Module:
    """Scrap a module that is in no pack, with or without its cells.

    Its serial number is never used again. Its cells can be bound again, or with `cells: "scrap"` never. A module in a
    pack is 409; `details.packId` names the pack.
    """
    return service.scrap_module(work, request.resource, request.body, request.actor)


@routes.patch(
    "/v1/packs/{pack_id}/unbind-module",
    permission=permissions.BIND_MODULE,
    resource=PACK_RESOURCE,
    related={"module": MODULE_IN_BODY},
    transition=LineAction.UNBIND_MODULE,
    body=schemas.UnbindModule,
    **_PACK_RESPONSE,
    audit_target=AuditTarget(Pack.kind, "MODULE_UNBOUND", "pack_id"),
    examples={"request": {"moduleId": examples.MODULE_ID}, "response": {"data": examples.EMPTIED_PACK}},
)
def unbind_module(request: Request[schemas.UnbindModule, Empty, Pack], work: UnitOfWork) -> Pack:
    """Take a module out of a pack that is not sealed, or that is in rework.

    The module can be bound to a pack again. The histories of both keep that this pack held it.
    """
    module = request.related["module"]
    return service.unbind_module(work, request.resource, request.body, request.actor, module=module)


@routes.patch(
    "/v1/packs/{pack_id}/rework",
    permission=permissions.REWORK_PACK,
    resource=PACK_RESOURCE,
    transition=LineAction.REWORK,
    body=schemas.Rework,
    **_PACK_RESPONSE,
    audit_target=AuditTarget(Pack.kind, "PACK_REWORKED", "pack_id"),
    examples={"request": examples.REASON, "response": {"data": examples.REWORKED_PACK}},
)
def rework_pack(request: Request[schemas.Rework, Empty, Pack], work: UnitOfWork) -> Pack:
    """Open a pack again that is ready for its test or failed it.

    Modules are taken out and put in, then it is sealed and tested again; earlier tests and dispositions do not count
    any more, and stay in its history. A pack of a completed batch can be reworked as well: it is bound to and sealed as
    if the batch were in progress, and the batch stays completed. A pack that passed is 409.
    """
    return service.rework_pack(work, request.resource, request.body, request.actor)


@routes.patch(
    "/v1/packs/{pack_id}/void",
    permission=permissions.VOID_PACK,
    resource=PACK_RESOURCE,
    transition=LineAction.VOID,
    body=schemas.VoidPack,
    **_PACK_RESPONSE,
    audit_target=AuditTarget(Pack.kind, "PACK_VOIDED", "pack_id"),
    examples={"request": examples.REASON, "response": {"data": examples.VOIDED_PACK}},
)
def void_pack(request: Request[schemas.VoidPack, Empty, Pack], work: UnitOfWork) -> Pack:
    """Void a pack that was not shipped.

    It leaves the counts of its batch, its modules can be bound to other packs, and its serial number is never used
    again. Of more than 90 modules the rest is shown as free a moment later.
    """
    return service.void_pack(work, request.resource, request.body, request.actor)


@routes.patch(
    "/v1/packs/{pack_id}/ship",
    permission=permissions.SHIP_PACK,
    resource=PACK_RESOURCE,
    related={"holds": holds_resource("pack_id")},
    transition=LineAction.SHIP,
    body=schemas.ShipPack,
    **_PACK_RESPONSE,
    errors=[OnHold],
    audit_target=AuditTarget(Pack.kind, "PACK_SHIPPED", "pack_id"),
    examples={"request": examples.SHIPMENT, "response": {"data": examples.SHIPPED_PACK}},
)
def ship_pack(request: Request[schemas.ShipPack, Empty, Pack], work: UnitOfWork) -> Pack:
    """Ship a pack that passed to a customer, whom recalls name."""
    holds = request.related["holds"]
    return service.ship_pack(work, request.resource, request.body, request.actor, holds=holds)


@routes.post(
    "/v1/returns",
    permission=permissions.RETURN_PACK,
    resource=_NUMBER_IN_BODY,
    body=schemas.ReturnPack,
    **_PACK_RESPONSE,
    status=201,
    errors=[SerialNotFound, Conflict],
    audit_target=AuditTarget(Pack.kind, "PACK_RETURNED"),
    examples={
        "request": {"serial": "P-0001", **examples.REASON},
        "response": {"data": examples.RETURNED_PACK},
    },
)
def return_pack(request: Request[schemas.ReturnPack, Empty, SerialNumber | None], work: UnitOfWork) -> Pack:
    """Take back a shipped pack by its serial number.

    It is `READY_FOR_EOL` again: it has to be tested again before it is shipped, or it is reworked or voided. Recalls
    still name the customer, with the time of the return.
    """
    return service.return_pack(work, request.body, request.actor, number=request.resource)
