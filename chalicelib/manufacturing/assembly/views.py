"""Modules and packs as the console reads them, with their SKU; absent values are omitted."""

from collections.abc import Sequence

import msgspec.structs

from chalicelib.manufacturing.assembly.holds.blocking import (
    Contents,
    marks_of_cells,
    marks_of_module,
    marks_of_pack,
    unit_holds,
)
from chalicelib.manufacturing.assembly.queries import ModuleContents, PackContents
from chalicelib.manufacturing.assembly.rework.schemas import UnitChange, UnitChangeKind
from chalicelib.manufacturing.assembly.schemas import (
    Cell,
    ModuleDetail,
    ModuleView,
    PackDetail,
    PackModule,
    PackView,
)
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.quality.tests.views import unit_test_view
from chalicelib.manufacturing.quality.views import decision_view
from chalicelib.manufacturing.rules import ModuleStatus, PackStatus
from chalicelib.manufacturing.tables import Module, Pack, Sku
from chalicelib.manufacturing.traceability.ledger_reader import packed_modules
from chalicelib.manufacturing.traceability.tables import BOUND, LOT_CORRECTED, LedgerEntry
from chalicelib.manufacturing.views import with_limits

_NEWEST_CHANGES = 20


def module_view(module: Module, sku: Sku | None = None) -> ModuleView:
    """Return a module, with the limits of its SKU if that is given."""
    return ModuleView(
        id=module.item_id,
        serial=module.serial,
        status=ModuleStatus(module.status),
        batch_id=module.batch_id,
        sku_id=module.sku_id,
        sku=with_limits(module.sku, sku),
        cells_bound=module.bound,
        cells_required=module.required,
        version=module.version,
        created_at=module.created_at,
        updated_at=module.updated_at,
        pack_id=module.pack_id,
        sealed_at=module.sealed_at,
        scrapped_at=module.scrapped_at,
        cells_freed=module.cells_freed,
    )


def module_detail_view(contents: ModuleContents) -> ModuleDetail:
    """Return a module with its cells and newest tests."""
    entries = [] if contents.module.cells_freed else contents.entries
    lots = {serial: lot for entry in entries for serial, lot in entry.lot_by_serial.items()}  # the newest counts
    cells = [Cell(serial, entry.at, lots[serial]) for entry in entries for serial in entry.present]
    view, changes = module_view(contents.module, contents.sku), _changes(contents.entries)
    tests = list(map(unit_test_view, contents.tests))
    lots_held = (cell.lot for cell in cells)
    holds = unit_holds(contents.holds, marks_of_module(contents.module, {}) | marks_of_cells((), lots_held))
    return ModuleDetail(**msgspec.structs.asdict(view), cells=cells, changes=changes, tests=tests, holds=holds)


def pack_view(pack: Pack, sku: Sku | None = None) -> PackView:
    """Return a pack, with the limits of its SKU if that is given."""
    return PackView(
        id=pack.item_id,
        serial=pack.serial,
        status=PackStatus(pack.status),
        batch_id=pack.batch_id,
        sku_id=pack.sku_id,
        sku=with_limits(pack.sku, sku),
        modules_bound=pack.bound,
        modules_required=pack.required,
        version=pack.version,
        created_at=pack.created_at,
        updated_at=pack.updated_at,
        disposition=None if pack.disposition is None else Disposition(pack.disposition),
        sealed_at=pack.sealed_at,
        disposed_at=pack.disposed_at,
        attempt=pack.attempt,
        customer=pack.customer,
        order=pack.order,
        shipped_at=pack.shipped_at,
        returned_at=pack.returned_at,
    )


def pack_detail_view(contents: PackContents) -> PackDetail:
    """Return a pack with its modules, dispositions and tests."""
    modules = [PackModule(module.id, module.serial, module.bound_at) for module in packed_modules(contents.entries)]
    dispositions = [decision_view(record) for record in contents.dispositions]
    view, changes = pack_view(contents.pack, contents.sku), _changes(contents.entries)
    return PackDetail(
        **msgspec.structs.asdict(view),
        modules=modules,
        dispositions=dispositions,
        changes=changes,
        tests=list(map(unit_test_view, contents.tests)),
        holds=unit_holds(contents.holds, marks_of_pack(contents.pack, Contents(contents.entries, contents.held_lots))),
    )


def _changes(entries: Sequence[LedgerEntry]) -> list[UnitChange]:
    """Return the newest changes of a unit itself, and the parts that were taken out of it, oldest first."""
    return [
        UnitChange(
            UnitChangeKind(entry.change),
            entry.at,
            entry.by,
            serials=[str(serial) for serial in entry.serials] or None,
            reason=entry.reason,
            lot=entry.lot if entry.change == LOT_CORRECTED else None,
            former_lot=entry.former_lot,
            customer=entry.customer,
            order=entry.order,
            sealed_at=entry.sealed_at,
        )
        for entry in [entry for entry in entries if entry.change != BOUND][-_NEWEST_CHANGES:]
    ]
