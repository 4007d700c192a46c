"""SKUs: drawing one up, releasing it for production, looking them up."""

from __future__ import annotations

from typing import Any

from chalicelib.core.actor import Actor
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.manufacturing.assembling import count_new, find, known, move
from chalicelib.manufacturing.errors import check_step
from chalicelib.manufacturing.rules import SKU, SkuStatus, Step
from chalicelib.manufacturing.schemas import NewSku
from chalicelib.manufacturing.tables import Sku, sku_key

READ = "manufacturing.sku.read"
CREATE = "manufacturing.sku.create"
ACTIVATE = "manufacturing.sku.activate"


def create_sku(work: UnitOfWork, actor: Actor, wanted: NewSku) -> Sku:
    """Draw up a SKU; nothing is built by it before it is active."""
    sku_id = f"SKU-{work.ids.new()}"
    where = sku_key(actor.org_id, sku_id)
    sku = Sku(
        where.pk,
        where.sk,
        name=wanted.name,
        chemistry=wanted.chemistry,
        cells_per_module=wanted.cells_per_module,
        modules_per_pack=wanted.modules_per_pack,
        nominal_voltage=wanted.nominal_voltage,
        nominal_capacity=wanted.nominal_capacity,
        sku_code=wanted.sku_code,
        limits=wanted.limits,
        search=" ".join([wanted.name, wanted.sku_code or "", wanted.chemistry, sku_id]).lower(),
        **known(work, actor.org_id, Sku.kind, sku_id, actor.user_id),
    )
    work.audit(Sku.kind, sku_id, "SKU_CREATED")
    work.create(sku)
    count_new(work, sku)
    return sku


def activate_sku(work: UnitOfWork, request: Request[Any, Any], sku_id: str) -> Sku:
    """Release a SKU for production; it never changes from then on.

    Raises `NotFound`, `AccessDenied`, `VersionConflict` or `Conflict`.
    """
    sku = find_sku(request, sku_id, ACTIVATE)
    request.check_version(sku)
    check_step(sku, SKU, Step.ACTIVATE)
    move(work, sku, SkuStatus.ACTIVE, {})
    return sku


def find_sku(request: Request[Any, Any], sku_id: str, permission: str = READ) -> Sku:
    """A SKU that the caller may see. Raises `NotFound` or `AccessDenied`."""
    return find(request, sku_key(request.actor.org_id, sku_id), permission, sku_id)
