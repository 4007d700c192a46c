"""Lots of cells as HTTP responses."""

from chalicelib.manufacturing.traceability.lots.queries import CellLots
from chalicelib.manufacturing.traceability.lots.schemas import CellLotView, LotCorrectionView
from chalicelib.manufacturing.traceability.tables import LotCorrection


def cell_lot_view(found: CellLots) -> CellLotView:
    """Return a cell with its lot and the corrections of it."""
    corrections = [_correction_view(correction) for correction in found.corrections]
    return CellLotView(found.cell.serial, corrections, found.cell.lot, found.cell.holder_id)


def _correction_view(correction: LotCorrection) -> LotCorrectionView:
    return LotCorrectionView(
        correction.lot, correction.reason, correction.at, correction.by, former_lot=correction.former_lot
    )
