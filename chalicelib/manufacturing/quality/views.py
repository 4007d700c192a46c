"""Dispositions as the console reads them; absent values are omitted."""

from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.quality.schemas import DecisionView
from chalicelib.manufacturing.quality.tables import DispositionRecord


def decision_view(record: DispositionRecord) -> DecisionView:
    """Return a disposition of a pack."""
    return DecisionView(
        disposition=Disposition(record.disposition),
        decided_at=record.at,
        decided_by=record.by_name or record.by,
        decided_by_id=record.by,
        notes=record.notes,
        measurements=record.measurements,
    )
