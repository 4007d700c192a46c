"""Lots of cells as HTTP responses."""

from chalicelib.manufacturing.traceability.lots.queries import CellLots
from chalicelib.manufacturing.traceability.lots.rules import LotStatus
from chalicelib.manufacturing.traceability.lots.schemas import CellLotView, LotCorrectionView, LotOfCells
from chalicelib.manufacturing.traceability.lots.tables import CellLot
from chalicelib.manufacturing.traceability.tables import LotCorrection


def lot_view(lot: CellLot) -> LotOfCells:
    """Return a lot of cells."""
    return LotOfCells(
        lot=lot.lot,
        status=LotStatus(lot.status),
        version=lot.version,
        created_at=lot.created_at,
        created_by_id=lot.created_by,
        reason=lot.status_reason,
        supplier=lot.supplier,
        supplier_lot=lot.supplier_lot,
        quantity=lot.quantity,
        received_at=lot.received_at,
    )


def cell_lot_view(found: CellLots) -> CellLotView:
    """Return a cell with its lot and the corrections of it."""
    corrections = [_correction_view(correction) for correction in found.corrections]
    return CellLotView(found.cell.serial, corrections, found.cell.lot, found.cell.holder_id)


def _correction_view(correction: LotCorrection) -> LotCorrectionView:
    return LotCorrectionView(
        correction.lot, correction.reason, correction.at, correction.by, former_lot=correction.former_lot
    )
