"""Dispositions as the console reads them; absent values are omitted."""

from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.quality.schemas import DecisionView
from chalicelib.manufacturing.quality.tables import DispositionRecord


def decision_view(record: DispositionRecord) -> DecisionView:
    """Return a disposition of a pack."""
    return DecisionView(Disposition(record.disposition), record.at, record.by, record.notes, record.measurements)
