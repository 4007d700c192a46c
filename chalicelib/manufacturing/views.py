"""SKUs, batches, modules and packs as the console reads them; the SKU is inside, and what is absent is left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar

import msgspec
import msgspec.structs
from msgspec import Meta

from chalicelib.manufacturing.blueprint import Measurement, SkuSpec
from chalicelib.manufacturing.registry import DispositionRecord, LedgerEntry
from chalicelib.manufacturing.rules import BatchStatus, Disposition, ModuleStatus, PackStatus, SkuStatus
from chalicelib.manufacturing.tables import Batch, Module, Pack, Sku

ViewT = TypeVar("ViewT")


class SkuView(SkuSpec, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A SKU."""

    status: SkuStatus
    version: int
    created_at: datetime
    updated_at: datetime


class PackCounts(msgspec.Struct, frozen=True):
    """The packs of a batch: all, those that are not finalized, and what became of the others."""

    total: int
    open: int
    passed: int
    failed: int


class BatchView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A batch, and how far its packs are."""

    id: str
    status: BatchStatus
    sku_id: str
    sku: SkuSpec
    packs: PackCounts
    version: int
    created_at: datetime
    updated_at: datetime
    target_quantity: int | None = None
    notes: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None


class ModuleView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A module, and how many of its cells are bound."""

    id: str
    serial: str
    status: ModuleStatus
    batch_id: str
    sku_id: str
    sku: SkuSpec
    cells_bound: int
    cells_required: int
    version: int
    created_at: datetime
    updated_at: datetime
    pack_id: str | None = None
    sealed_at: datetime | None = None


class Cell(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A cell of a module."""

    serial: str
    bound_at: datetime
    lot: str | None = None


class ModuleDetail(ModuleView, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A module with its ledger: the cells that it holds, in the order in which they were bound."""

    cells: Annotated[list[Cell], Meta(max_length=5000)]


class PackView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A pack, how many of its modules are bound, and the last decision on it."""

    id: str
    serial: str
    status: PackStatus
    batch_id: str
    sku_id: str
    sku: SkuSpec
    modules_bound: int
    modules_required: int
    version: int
    created_at: datetime
    updated_at: datetime
    disposition: Disposition | None = None
    sealed_at: datetime | None = None
    disposed_at: datetime | None = None


class PackModule(msgspec.Struct, frozen=True, rename="camel"):
    """A module of a pack."""

    id: str
    serial: str
    bound_at: datetime


class DecisionView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A decision on a pack, who made it and on what."""

    disposition: Disposition
    decided_at: datetime
    decided_by: str
    notes: str | None = None
    measurements: dict[str, Measurement] | None = None


class PackDetail(PackView, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """A pack with its modules in the order in which they were bound, and every decision, the oldest first."""

    modules: Annotated[list[PackModule], Meta(max_length=200)]
    dispositions: list[DecisionView]


class PageMeta(msgspec.Struct, frozen=True, rename="camel"):
    """Which page this is, and how many there are of what was asked for on all pages."""

    total_count: int
    page: int
    page_size: int


class One(msgspec.Struct, Generic[ViewT], frozen=True):
    """One thing."""

    data: ViewT
    success: bool = True


class Many(msgspec.Struct, Generic[ViewT], frozen=True):
    """A page of things, the newest first."""

    data: list[ViewT]
    meta: PageMeta
    success: bool = True


def sku_view(sku: Sku) -> SkuView:
    """A SKU as it is read."""
    return SkuView(
        id=sku.item_id,
        name=sku.name,
        chemistry=sku.chemistry,
        cells_per_module=sku.cells_per_module,
        modules_per_pack=sku.modules_per_pack,
        nominal_voltage=sku.nominal_voltage,
        nominal_capacity=sku.nominal_capacity,
        sku_code=sku.sku_code,
        limits=sku.limits,
        status=SkuStatus(sku.status),
        version=sku.version,
        created_at=sku.created_at,
        updated_at=sku.updated_at,
    )


def whole(spec: SkuSpec, sku: Sku | None) -> SkuSpec:
    """The SKU that a thing carries, with the limits that only the SKU itself has."""
    return spec if sku is None else msgspec.structs.replace(spec, limits=sku.limits)


def batch_view(batch: Batch, sku: Sku | None = None) -> BatchView:
    """A batch as it is read."""
    return BatchView(
        id=batch.item_id,
        status=BatchStatus(batch.status),
        sku_id=batch.sku_id,
        sku=whole(batch.sku, sku),
        packs=PackCounts(batch.packs, batch.packs_open, batch.packs_passed, batch.packs_failed),
        version=batch.version,
        created_at=batch.created_at,
        updated_at=batch.updated_at,
        target_quantity=batch.target_quantity,
        notes=batch.notes,
        started_at=batch.started_at,
        completed_at=batch.completed_at,
    )


def module_view(module: Module, sku: Sku | None = None) -> ModuleView:
    """A module as it is read."""
    return ModuleView(
        id=module.item_id,
        serial=module.serial,
        status=ModuleStatus(module.status),
        batch_id=module.batch_id,
        sku_id=module.sku_id,
        sku=whole(module.sku, sku),
        cells_bound=module.bound,
        cells_required=module.required,
        version=module.version,
        created_at=module.created_at,
        updated_at=module.updated_at,
        pack_id=module.pack_id,
        sealed_at=module.sealed_at,
    )


def module_detail(module: Module, sku: Sku | None, entries: Sequence[LedgerEntry]) -> ModuleDetail:
    """A module with its cells."""
    cells = [Cell(serial, entry.at, entry.lot) for entry in entries for serial in entry.present]
    return ModuleDetail(**msgspec.structs.asdict(module_view(module, sku)), cells=cells)


def pack_view(pack: Pack, sku: Sku | None = None) -> PackView:
    """A pack as it is read."""
    return PackView(
        id=pack.item_id,
        serial=pack.serial,
        status=PackStatus(pack.status),
        batch_id=pack.batch_id,
        sku_id=pack.sku_id,
        sku=whole(pack.sku, sku),
        modules_bound=pack.bound,
        modules_required=pack.required,
        version=pack.version,
        created_at=pack.created_at,
        updated_at=pack.updated_at,
        disposition=None if pack.disposition is None else Disposition(pack.disposition),
        sealed_at=pack.sealed_at,
        disposed_at=pack.disposed_at,
    )


def pack_detail(
    pack: Pack, sku: Sku | None, entries: Sequence[LedgerEntry], decisions: Sequence[DispositionRecord]
) -> PackDetail:
    """A pack with its modules and decisions."""
    modules = [
        PackModule(str(part_id), str(serial), entry.at)
        for entry in entries
        for part_id, serial in zip(entry.part_ids or (), entry.serials, strict=True)
    ]
    told = [
        DecisionView(Disposition(one.disposition), one.at, one.by, one.notes, one.measurements) for one in decisions
    ]
    return PackDetail(**msgspec.structs.asdict(pack_view(pack, sku)), modules=modules, dispositions=told)
