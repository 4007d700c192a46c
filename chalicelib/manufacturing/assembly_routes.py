"""Endpoints of the battery console for modules and packs."""

from __future__ import annotations

from chalicelib.core.errors import AccessDenied, Conflict, EntityLocked, NotFound, VersionConflict
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.endpoint import AuditTarget
from chalicelib.edge.request import Empty, Request, Response
from chalicelib.edge.routes import Routes
from chalicelib.manufacturing import disposing, modules, packs
from chalicelib.manufacturing.errors import DuplicateSerial
from chalicelib.manufacturing.listing import Wanted, list_things
from chalicelib.manufacturing.schemas import (
    BindCell,
    BindCells,
    BindModule,
    BindModules,
    Decision,
    ModuleQuery,
    NewPack,
    NewUnit,
    PackQuery,
    UnbindCell,
)
from chalicelib.manufacturing.tables import Module, Pack, module_key, pack_key
from chalicelib.manufacturing.views import (
    Many,
    ModuleDetail,
    ModuleView,
    One,
    PackDetail,
    PackView,
    PageMeta,
    module_detail,
    module_view,
    pack_detail,
    pack_view,
)

routes = Routes(__name__, "Battery console")

_FOUND = [NotFound, AccessDenied]
_STEP = [*_FOUND, Conflict, EntityLocked, VersionConflict]
_BIND = [*_STEP, DuplicateSerial]


@routes.get("/v1/modules", permission=modules.READ, query=ModuleQuery, returns=Many[ModuleView])
def list_modules(request: Request[Empty, ModuleQuery]) -> Response[Many[ModuleView]]:
    """Modules in pages, the newest first."""
    asked = request.query
    wanted = Wanted(asked.page, asked.page_size, asked.status, asked.sku_id, asked.batch_id, asked.q)
    found = list_things(request.actor, modules.READ, Module, wanted, dependencies().clock)
    meta = PageMeta(found.total, asked.page, asked.page_size)
    return Response(Many([module_view(module) for module in found.items], meta))


@routes.post(
    "/v1/modules",
    permission=modules.CREATE,
    body=NewUnit,
    returns=One[ModuleView],
    status=201,
    versioned=True,
    errors=[NotFound, Conflict, DuplicateSerial],
    audit_target=AuditTarget(Module.kind, "MODULE_CREATED"),
)
def create_module(request: Request[NewUnit, Empty], work: UnitOfWork) -> Response[One[ModuleView]]:
    """Set up a module in a batch that is in progress."""
    return _module(modules.create_module(work, request.actor, request.body), 201)


@routes.get(
    "/v1/modules/{module_id}",
    permission=modules.READ,
    loads=module_key,
    returns=One[ModuleDetail],
    versioned=True,
    errors=_FOUND,
)
def get_module(request: Request[Empty, Empty]) -> Response[One[ModuleDetail]]:
    """One module with its cells, in the order in which they were bound."""
    found = modules.find_ledger(request, request.path["module_id"])
    return Response(One(module_detail(found.module, found.sku, found.entries)), version=found.module.version)


@routes.patch(
    "/v1/modules/{module_id}/bind-cell",
    permission=modules.BIND,
    loads=module_key,
    body=BindCell,
    returns=One[ModuleView],
    versioned=True,
    errors=_BIND,
    audit_target=AuditTarget(Module.kind, "CELL_BOUND", "module_id"),
)
def bind_cell(request: Request[BindCell, Empty], work: UnitOfWork) -> Response[One[ModuleView]]:
    """Append a cell to a module's ledger."""
    return _module(modules.bind_cells(work, request, request.path["module_id"], dependencies().clock))


@routes.post(
    "/v1/modules/{module_id}/bind-cells",
    permission=modules.BIND,
    loads=module_key,
    body=BindCells,
    returns=One[ModuleView],
    versioned=True,
    errors=_BIND,
    audit_target=AuditTarget(Module.kind, "CELLS_BOUND", "module_id"),
)
def bind_cells(request: Request[BindCells, Empty], work: UnitOfWork) -> Response[One[ModuleView]]:
    """Append a tray of up to 90 cells, all of them or none; a refusal names every serial that is in use."""
    return _module(modules.bind_cells(work, request, request.path["module_id"], dependencies().clock))


@routes.patch(
    "/v1/modules/{module_id}/unbind-cell",
    permission=modules.BIND,
    loads=module_key,
    body=UnbindCell,
    returns=One[ModuleView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Module.kind, "CELL_UNBOUND", "module_id"),
)
def unbind_cell(request: Request[UnbindCell, Empty], work: UnitOfWork) -> Response[One[ModuleView]]:
    """Take a cell off a module that is not sealed; its serial can be bound again."""
    return _module(modules.unbind_cell(work, request, request.path["module_id"]))


@routes.patch(
    "/v1/modules/{module_id}/seal",
    permission=modules.SEAL,
    loads=module_key,
    returns=One[ModuleView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Module.kind, "MODULE_SEALED", "module_id"),
)
def seal_module(request: Request[Empty, Empty], work: UnitOfWork) -> Response[One[ModuleView]]:
    """Seal a module that holds exactly as many cells as its SKU wants."""
    return _module(modules.seal_module(work, request, request.path["module_id"]))


@routes.get("/v1/packs", permission=packs.READ, query=PackQuery, returns=Many[PackView])
def list_packs(request: Request[Empty, PackQuery]) -> Response[Many[PackView]]:
    """Packs in pages, the newest first."""
    asked = request.query
    wanted = Wanted(asked.page, asked.page_size, asked.status, asked.sku_id, asked.batch_id, asked.q)
    found = list_things(request.actor, packs.READ, Pack, wanted, dependencies().clock)
    return Response(Many([pack_view(pack) for pack in found.items], PageMeta(found.total, asked.page, asked.page_size)))


@routes.post(
    "/v1/packs",
    permission=packs.CREATE,
    body=NewPack,
    returns=One[PackView],
    status=201,
    versioned=True,
    errors=[NotFound, Conflict, DuplicateSerial],
    audit_target=AuditTarget(Pack.kind, "PACK_CREATED"),
)
def create_pack(request: Request[NewPack, Empty], work: UnitOfWork) -> Response[One[PackView]]:
    """Set up a pack in a batch that is in progress, with up to 90 sealed modules at once."""
    return _pack(packs.create_pack(work, request.actor, request.body, dependencies().clock), 201)


@routes.get(
    "/v1/packs/{pack_id}",
    permission=packs.READ,
    loads=pack_key,
    returns=One[PackDetail],
    versioned=True,
    errors=_FOUND,
)
def get_pack(request: Request[Empty, Empty]) -> Response[One[PackDetail]]:
    """One pack with its modules in the order in which they were bound, and every decision on it."""
    found = packs.find_contents(request, request.path["pack_id"])
    told = pack_detail(found.pack, found.sku, found.entries, found.decisions)
    return Response(One(told), version=found.pack.version)


@routes.patch(
    "/v1/packs/{pack_id}/bind-module",
    permission=packs.BIND,
    loads=pack_key,
    body=BindModule,
    returns=One[PackView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Pack.kind, "MODULE_BOUND", "pack_id"),
)
def bind_module(request: Request[BindModule, Empty], work: UnitOfWork) -> Response[One[PackView]]:
    """Bind a sealed module of the same SKU that is in no pack."""
    return _pack(packs.bind_modules(work, request, request.path["pack_id"], dependencies().clock))


@routes.post(
    "/v1/packs/{pack_id}/bind-modules",
    permission=packs.BIND,
    loads=pack_key,
    body=BindModules,
    returns=One[PackView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Pack.kind, "MODULES_BOUND", "pack_id"),
)
def bind_modules(request: Request[BindModules, Empty], work: UnitOfWork) -> Response[One[PackView]]:
    """Bind up to 90 modules, all of them or none; a refusal names every module that cannot be bound."""
    return _pack(packs.bind_modules(work, request, request.path["pack_id"], dependencies().clock))


@routes.patch(
    "/v1/packs/{pack_id}/seal",
    permission=packs.SEAL,
    loads=pack_key,
    returns=One[PackView],
    versioned=True,
    errors=_STEP,
    audit_target=AuditTarget(Pack.kind, "PACK_SEALED", "pack_id"),
)
def seal_pack(request: Request[Empty, Empty], work: UnitOfWork) -> Response[One[PackView]]:
    """Seal a pack that holds exactly as many modules as its SKU wants; it is ready for its test."""
    return _pack(packs.seal_pack(work, request, request.path["pack_id"]))


@routes.patch(
    "/v1/packs/{pack_id}/disposition",
    permission=disposing.DISPOSE,
    loads=pack_key,
    body=Decision,
    returns=One[PackView],
    versioned=True,
    errors=[*_FOUND, Conflict, VersionConflict],
    audit_target=AuditTarget(Pack.kind, "PACK_DISPOSITION", "pack_id"),
)
def dispose_of_pack(request: Request[Decision, Empty], work: UnitOfWork) -> Response[One[PackView]]:
    """Pass, fail or quarantine a tested pack; a PASS has to keep to every limit of the SKU."""
    return _pack(disposing.dispose(work, request, request.path["pack_id"]))


def _module(module: Module, status: int = 200) -> Response[One[ModuleView]]:
    return Response(One(module_view(module)), status, module.version)


def _pack(pack: Pack, status: int = 200) -> Response[One[PackView]]:
    return Response(One(pack_view(pack)), status, pack.version)
