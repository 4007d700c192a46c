"""Holds as the console reads them; absent values are omitted."""

from chalicelib.manufacturing.assembly.holds.rules import HoldStatus
from chalicelib.manufacturing.assembly.holds.schemas import HoldView
from chalicelib.manufacturing.assembly.holds.tables import Hold, hold_kind


def hold_view(hold: Hold) -> HoldView:
    """Return a hold."""
    return HoldView(
        id=hold.item_id,
        kind=hold_kind(hold),
        value=hold.value,
        status=HoldStatus(hold.status),
        reason=hold.reason,
        version=hold.version,
        held_at=hold.created_at,
        held_by=hold.created_by_name or hold.created_by,
        held_by_id=hold.created_by,
        released_at=hold.released_at,
        released_by=hold.released_by_name or hold.released_by,
        released_by_id=hold.released_by,
        release_reason=hold.release_reason,
    )
