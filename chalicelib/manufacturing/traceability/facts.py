"""Facts of the production line from what is stored: assemblies, entries of their ledgers, dispositions."""

from collections.abc import Sequence

from chalicelib.manufacturing.quality.rules import MeasuredValue
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.tables import Assembly, Module
from chalicelib.manufacturing.traceability import epcis
from chalicelib.manufacturing.traceability.tables import (
    BOUND,
    LOT_CORRECTED,
    REWORKED,
    SCRAPPED,
    UNBOUND,
    LedgerEntry,
    LotCorrection,
)


def commissioned(assembly: Assembly) -> epcis.Commissioned:
    """Return that a module or pack was created."""
    return epcis.Commissioned(_unit(assembly), assembly.created_at, assembly.batch_id)


def sealed(assembly: Assembly) -> list[epcis.UnitSealed]:
    """Return that a module or pack was sealed, if it was."""
    return [] if assembly.sealed_at is None else [epcis.UnitSealed(_unit(assembly), assembly.sealed_at)]


def binding(
    assembly: Assembly, entry: LedgerEntry, *, is_rework: bool = False
) -> epcis.PartsBound | epcis.PartsUnbound:
    """Return the fact of parts that were bound or unbound. The id of a cell is its serial number."""
    parts = _parts(assembly, entry, [str(serial) for serial in entry.serials])
    if entry.change == BOUND:
        return epcis.PartsBound(_unit(assembly), parts, entry.at, entry.sk, is_rework)
    return epcis.PartsUnbound(_unit(assembly), parts, entry.at, entry.sk)


def recorded(assembly: Assembly, entry: LedgerEntry, *, is_rework: bool = False) -> list[epcis.Fact]:
    """Return the facts of a ledger entry: of a voided pack also its modules, of a reworked one its earlier seal."""
    unit = _unit(assembly)
    if entry.change == LOT_CORRECTED:
        [cell] = _parts(assembly, entry, [str(serial) for serial in entry.serials])
        return [epcis.LotCorrected(cell, entry.at, entry.former_lot, entry.sk)]
    if entry.change in (BOUND, UNBOUND):
        return [binding(assembly, entry, is_rework=is_rework), *_scrapped_cells(assembly, entry)]
    step = epcis.UnitStep(unit, entry.at, entry.change, entry.customer, entry.order)
    if entry.change == REWORKED and entry.sealed_at is not None:
        return [epcis.UnitSealed(unit, entry.sealed_at), step]
    return [binding(assembly, entry), step] if entry.serials else [step]


def lot_corrected(correction: LotCorrection) -> epcis.LotCorrected:
    """Return that a cell was given another lot; the same event as its module's ledger entry."""
    serial, sku_id = correction.serial, correction.sku_id or ""
    cell = epcis.TracedUnit("cell", serial, serial, sku_id, correction.lot, correction.gtins)
    return epcis.LotCorrected(cell, correction.at, correction.former_lot, correction.entry or "")


def scrapped_with(module: Module, entry: LedgerEntry) -> list[epcis.Fact]:
    """Return what happened to the cells of a ledger entry when their module was scrapped, and that it was."""
    if module.scrapped_at is None:
        return []
    return [*_scrapped_cells(module, entry), epcis.UnitStep(_unit(module), module.scrapped_at, SCRAPPED)]


def _scrapped_cells(assembly: Assembly, entry: LedgerEntry) -> list[epcis.Fact]:
    if not isinstance(assembly, Module) or assembly.scrapped_at is None or not entry.present:
        return []
    unit, cells = _unit(assembly), _parts(assembly, entry, entry.present)
    if assembly.cells_freed:
        return [epcis.PartsUnbound(unit, cells, assembly.scrapped_at, entry.sk)]
    return [epcis.CellsScrapped(unit, cells, assembly.scrapped_at, entry.sk)]


def disposed(assembly: Assembly, record: DispositionRecord) -> epcis.UnitDisposed:
    """Return a disposition with its measurements."""
    measured = {name: MeasuredValue(item.value, item.unit) for name, item in (record.measurements or {}).items()}
    return epcis.UnitDisposed(_unit(assembly), record.at, record.disposition, measured, record.sk)


def _parts(assembly: Assembly, entry: LedgerEntry, serials: Sequence[str]) -> list[epcis.TracedUnit]:
    kind = "cell" if isinstance(assembly, Module) else "module"
    ids = dict(zip(entry.serials, entry.part_ids or entry.serials, strict=True))
    lots, sku_id, gtins = entry.lot_by_serial, assembly.sku_id, assembly.sku.gtins
    return [epcis.TracedUnit(kind, str(ids[serial]), serial, sku_id, lots[serial], gtins) for serial in serials]


def _unit(assembly: Assembly) -> epcis.TracedUnit:
    return epcis.TracedUnit(assembly.kind, assembly.item_id, assembly.serial, assembly.sku_id, gtins=assembly.sku.gtins)
