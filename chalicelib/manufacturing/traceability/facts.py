"""Facts of the production line from what is stored: assemblies, entries of their ledgers, dispositions."""

from chalicelib.manufacturing.quality.rules import MeasuredValue
from chalicelib.manufacturing.quality.tables import DispositionRecord
from chalicelib.manufacturing.tables import Assembly, Module
from chalicelib.manufacturing.traceability import epcis
from chalicelib.manufacturing.traceability.tables import BOUND, LedgerEntry


def commissioned(assembly: Assembly) -> epcis.Commissioned:
    """Return that a module or pack was created."""
    return epcis.Commissioned(_unit(assembly), assembly.created_at, assembly.batch_id)


def sealed(assembly: Assembly) -> list[epcis.UnitSealed]:
    """Return that a module or pack was sealed, if it was."""
    return [] if assembly.sealed_at is None else [epcis.UnitSealed(_unit(assembly), assembly.sealed_at)]


def binding(assembly: Assembly, entry: LedgerEntry) -> epcis.PartsBound | epcis.PartsUnbound:
    """Return the fact of a ledger entry. The id of a cell is its serial number."""
    kind = "cell" if isinstance(assembly, Module) else "module"
    ids = entry.part_ids or entry.serials
    parts = [
        epcis.TracedUnit(kind, str(part_id), str(serial), assembly.sku_id, entry.lot)
        for part_id, serial in zip(ids, entry.serials, strict=True)
    ]
    fact = epcis.PartsBound if entry.change == BOUND else epcis.PartsUnbound
    return fact(_unit(assembly), parts, entry.at, entry.sk)


def disposed(assembly: Assembly, record: DispositionRecord) -> epcis.UnitDisposed:
    """Return a disposition with its measurements."""
    measured = {name: MeasuredValue(item.value, item.unit) for name, item in (record.measurements or {}).items()}
    return epcis.UnitDisposed(_unit(assembly), record.at, record.disposition, measured, record.sk)


def _unit(assembly: Assembly) -> epcis.TracedUnit:
    return epcis.TracedUnit(assembly.kind, assembly.item_id, assembly.serial, assembly.sku_id)
