"""Endpoints of modules and packs."""

from chalicelib.core.work import UnitOfWork
from chalicelib.edge.endpoint import AuditTarget, Resource
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import examples, permissions
from chalicelib.manufacturing.assembly import modules, packs, queries, schemas
from chalicelib.manufacturing.assembly.holds.blocking import holds_resource
from chalicelib.manufacturing.assembly.holds.errors import OnHold
from chalicelib.manufacturing.assembly.queries import ModuleContents, PackContents
from chalicelib.manufacturing.assembly.views import module_detail_view, module_view, pack_detail_view, pack_view
from chalicelib.manufacturing.errors import DuplicateSerial, LotConflict
from chalicelib.manufacturing.listing import EntityPage, totals_of
from chalicelib.manufacturing.resources import BATCH_IN_BODY, MODULE_IN_BODY, MODULE_RESOURCE, PACK_RESOURCE
from chalicelib.manufacturing.rules import LineAction
from chalicelib.manufacturing.schemas import ModuleQuery, PackQuery
from chalicelib.manufacturing.tables import Module, Pack, ProductionBatch
from chalicelib.manufacturing.traceability.lots.errors import LotBlocked
from chalicelib.manufacturing.traceability.tables import registry_key
from chalicelib.manufacturing.views import envelope_response, list_response

routes = Routes(__name__, "Battery console")

_MODULE_RESPONSE = envelope_response(schemas.ModuleView, module_view)
_PACK_RESPONSE = envelope_response(schemas.PackView, pack_view)

_MODULE_HOLDS, _PACK_HOLDS = holds_resource("module_id"), holds_resource("pack_id")
_CELL_IN_BODY = Resource(key=registry_key, id_from=("serial",), required=False)


@routes.get(
    "/v1/modules",
    permission=permissions.READ_MODULE,
    query=ModuleQuery,
    reads=totals_of(Module),
    **list_response(schemas.ModuleView, module_view),
    examples=examples.listed(examples.SEALED_MODULE),
)
def list_modules(request: Request[Empty, ModuleQuery]) -> EntityPage[Module]:
    """List modules, newest first, with their SKUs.

    A new module appears in the list within moments; the total counts it at once.
    """
    return queries.list_modules(request.actor, request.query, request.found)


@routes.post(
    "/v1/modules",
    permission=permissions.CREATE_MODULE,
    resource=BATCH_IN_BODY,
    transition=LineAction.CREATE_MODULE,
    body=schemas.CreateModule,
    **_MODULE_RESPONSE,
    status=201,
    errors=[DuplicateSerial],
    audit_target=AuditTarget(Module.kind, "MODULE_CREATED"),
    examples={"request": examples.NEW_MODULE, "response": {"data": examples.MODULE}},
)
def create_module(request: Request[schemas.CreateModule, Empty, ProductionBatch], work: UnitOfWork) -> Module:
    """Create a module in a batch that is in progress.

    A serial number that is in use is 409 `DUPLICATE_SERIAL`; `details` says where, if it is in this organisation.
    """
    return modules.create_module(work, request.resource, request.body, request.actor)


@routes.get(
    "/v1/modules/{module_id}",
    permission=permissions.READ_MODULE,
    resource=MODULE_RESOURCE,
    related={"holds": _MODULE_HOLDS},
    **envelope_response(schemas.ModuleDetail, module_detail_view),
    examples={"response": {"data": examples.MODULE_DETAIL}},
)
def get_module(request: Request[Empty, Empty, Module]) -> ModuleContents:
    """Get a module with its cells in the order of binding, its newest tests, and the limits of its SKU."""
    return queries.get_module_contents(request.resource, request.related["holds"])


@routes.patch(
    "/v1/modules/{module_id}/bind-cell",
    permission=permissions.BIND_CELL,
    resource=MODULE_RESOURCE,
    related={"holds": _MODULE_HOLDS},
    transition=LineAction.BIND_CELL,
    body=schemas.BindCell,
    reads=lambda _, body: [registry_key("", body.serial)],
    **_MODULE_RESPONSE,
    errors=[DuplicateSerial, LotConflict, LotBlocked, OnHold],
    audit_target=AuditTarget(Module.kind, "CELL_BOUND", "module_id"),
    examples={"request": examples.CELL, "response": {"data": examples.BOUND_MODULE}},
)
def bind_cell(request: Request[schemas.BindCell, Empty, Module], work: UnitOfWork) -> Module:
    """Bind a cell to a module that is not sealed.

    The first one moves the module to `IN_PROGRESS`. Several people may bind cells to one module at once; none is lost,
    and the module never holds more than its SKU requires. A repeated request is 409 `DUPLICATE_SERIAL` with this module
    in `details`, unless it has the same `Idempotency-Key`. A cell that was bound before keeps its lot: without `lot` it
    has that one, with another lot the response is 409 `LOT_CONFLICT`.
    """
    holds = request.related["holds"]
    return modules.bind_cell(work, request.resource, request.body, request.actor, found=request.found, holds=holds)


@routes.post(
    "/v1/modules/{module_id}/bind-cells",
    permission=permissions.BIND_CELL,
    resource=MODULE_RESOURCE,
    related={"holds": _MODULE_HOLDS},
    transition=LineAction.BIND_CELLS,
    body=schemas.BindCells,
    reads=lambda _, body: [registry_key("", raw) for raw in body.serials],
    **_MODULE_RESPONSE,
    errors=[DuplicateSerial, LotConflict, LotBlocked, OnHold],
    audit_target=AuditTarget(Module.kind, "CELLS_BOUND", "module_id"),
    examples={"request": examples.CELLS, "response": {"data": examples.MODULE_WITH_TRAY}},
)
def bind_cells(request: Request[schemas.BindCells, Empty, Module], work: UnitOfWork) -> Module:
    """Bind a tray of up to 90 cells to a module, all or none.

    If serial numbers are in use, the response is 409 `DUPLICATE_SERIAL` and `details.duplicates` lists all of them. If
    there is not enough room, it is 409 with `details.bound` and `details.required`. Cells that were bound before keep
    their lots: if one has another than the given lot, the response is 409 `LOT_CONFLICT`.
    """
    holds = request.related["holds"]
    return modules.bind_cells(work, request.resource, request.body, request.actor, found=request.found, holds=holds)


@routes.patch(
    "/v1/modules/{module_id}/unbind-cell",
    permission=permissions.BIND_CELL,
    resource=MODULE_RESOURCE,
    related={"cell": _CELL_IN_BODY, "holds": _MODULE_HOLDS},
    transition=LineAction.UNBIND_CELL,
    body=schemas.UnbindCell,
    **_MODULE_RESPONSE,
    audit_target=AuditTarget(Module.kind, "CELL_UNBOUND", "module_id"),
    examples={"request": {"serial": "C-0001"}, "response": {"data": examples.EMPTIED_MODULE}},
)
def unbind_cell(request: Request[schemas.UnbindCell, Empty, Module], work: UnitOfWork) -> Module:
    """Unbind a cell from a module that is not sealed.

    Its serial number can be bound again. The history of the cell keeps that this module held it.
    """
    return modules.unbind_cell(work, request.resource, request.body, request.actor, **request.related)


@routes.patch(
    "/v1/modules/{module_id}/seal",
    permission=permissions.SEAL_MODULE,
    resource=MODULE_RESOURCE,
    related={"holds": _MODULE_HOLDS},
    transition=LineAction.SEAL,
    **_MODULE_RESPONSE,
    errors=[OnHold],
    audit_target=AuditTarget(Module.kind, "MODULE_SEALED", "module_id"),
    examples={"response": {"data": examples.SEALED_MODULE}},
)
def seal_module(request: Request[Empty, Empty, Module], work: UnitOfWork) -> Module:
    """Seal a module that holds exactly as many cells as its SKU requires, and passed the required tests.

    A required step of the SKU's `moduleTests` without a test that counts is 409; `details.tests` lists each as `{step,
    problem}`, where `problem` is `missing`, `outdated` (cells were bound or unbound afterwards) or `failed`.
    Its content is locked afterwards: binding, unbinding and sealing it again are 409 `ENTITY_LOCKED`.
    """
    return modules.seal_module(work, request.resource, holds=request.related["holds"])


@routes.get(
    "/v1/packs",
    permission=permissions.READ_PACK,
    query=PackQuery,
    reads=totals_of(Pack),
    **list_response(schemas.PackView, pack_view),
    examples=examples.listed(examples.FINALIZED_PACK),
)
def list_packs(request: Request[Empty, PackQuery]) -> EntityPage[Pack]:
    """List packs, newest first, with their SKUs.

    A new pack appears in the list within moments; the total counts it at once.
    """
    return queries.list_packs(request.actor, request.query, request.found)


@routes.post(
    "/v1/packs",
    permission=permissions.CREATE_PACK,
    resource=BATCH_IN_BODY,
    related={"holds": holds_resource("batchId")},
    transition=LineAction.CREATE_PACK,
    body=schemas.CreatePack,
    **_PACK_RESPONSE,
    status=201,
    errors=[DuplicateSerial, OnHold],
    audit_target=AuditTarget(Pack.kind, "PACK_CREATED"),
    examples={"request": examples.NEW_PACK, "response": {"data": examples.PACK}},
)
def create_pack(request: Request[schemas.CreatePack, Empty, ProductionBatch], work: UnitOfWork) -> Pack:
    """Create a pack in a batch that is in progress, with up to 90 sealed modules.

    Further modules are bound afterwards. If a module cannot be bound, no pack is created and the response is 409;
    `details.modules` lists each such module with what is missing.
    """
    holds = request.related["holds"]
    return packs.create_pack(work, request.resource, request.body, request.actor, holds=holds)


@routes.get(
    "/v1/packs/{pack_id}",
    permission=permissions.READ_PACK,
    resource=PACK_RESOURCE,
    related={"holds": _PACK_HOLDS},
    **envelope_response(schemas.PackDetail, pack_detail_view),
    examples={"response": {"data": examples.PACK_DETAIL}},
)
def get_pack(request: Request[Empty, Empty, Pack]) -> PackContents:
    """Get a pack with its modules in the order of binding, its newest dispositions and tests, and the SKU's limits."""
    return queries.get_pack_contents(request.resource, request.related["holds"])


@routes.patch(
    "/v1/packs/{pack_id}/bind-module",
    permission=permissions.BIND_MODULE,
    resource=PACK_RESOURCE,
    related={"module": MODULE_IN_BODY, "holds": _PACK_HOLDS},
    transition=LineAction.BIND_MODULE,
    body=schemas.BindModule,
    **_PACK_RESPONSE,
    errors=[OnHold],
    audit_target=AuditTarget(Pack.kind, "MODULE_BOUND", "pack_id"),
    examples={"request": {"moduleId": examples.MODULE_ID}, "response": {"data": examples.PACK_WITH_MODULE}},
)
def bind_module(request: Request[schemas.BindModule, Empty, Pack], work: UnitOfWork) -> Pack:
    """Bind a module to a pack that is not sealed.

    The module has to be sealed, of the same SKU, and in no pack; otherwise the response is 409, and `details.modules`
    says what is missing. The first module moves the pack to `IN_PROGRESS`.
    """
    return packs.bind_module(work, request.resource, request.body, request.actor, **request.related)


@routes.post(
    "/v1/packs/{pack_id}/bind-modules",
    permission=permissions.BIND_MODULE,
    resource=PACK_RESOURCE,
    related={"holds": _PACK_HOLDS},
    transition=LineAction.BIND_MODULES,
    body=schemas.BindModules,
    **_PACK_RESPONSE,
    errors=[OnHold],
    audit_target=AuditTarget(Pack.kind, "MODULES_BOUND", "pack_id"),
    examples={"request": examples.MODULES, "response": {"data": examples.PACK_WITH_MODULES}},
)
def bind_modules(request: Request[schemas.BindModules, Empty, Pack], work: UnitOfWork) -> Pack:
    """Bind up to 90 modules to a pack, all or none.

    Each has to be sealed, of the same SKU, and in no pack; otherwise the response is 409, and `details.modules` lists
    each module that cannot be bound with what is missing. Ids that do not exist are 404 with `details.moduleIds`.
    """
    holds = request.related["holds"]
    return packs.bind_modules(work, request.resource, request.body, request.actor, holds=holds)


@routes.patch(
    "/v1/packs/{pack_id}/seal",
    permission=permissions.SEAL_PACK,
    resource=PACK_RESOURCE,
    related={"holds": _PACK_HOLDS},
    transition=LineAction.SEAL,
    **_PACK_RESPONSE,
    errors=[OnHold],
    audit_target=AuditTarget(Pack.kind, "PACK_SEALED", "pack_id"),
    examples={"response": {"data": examples.SEALED_PACK}},
)
def seal_pack(request: Request[Empty, Empty, Pack], work: UnitOfWork) -> Pack:
    """Seal a pack that holds exactly as many modules as its SKU requires.

    It is ready for its end-of-line test, and its content is locked: binding and sealing again are 409 `ENTITY_LOCKED`.
    """
    return packs.seal_pack(work, request.resource, holds=request.related["holds"])
