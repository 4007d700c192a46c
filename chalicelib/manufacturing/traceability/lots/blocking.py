"""Blocked lots: no cell of them is bound.

The blocked lots of an organisation are a short list in each copy of its open holds (`assembly/holds/tables.py`). A
binding reads a copy with the authentication, and its commit requires that the copy has not changed. So nothing of a lot
is bound after it was blocked, and no further item is needed, for which a full tray has no room.
"""

from collections.abc import Iterable

import msgspec

from chalicelib.core.commit import EXACT_VERSION
from chalicelib.core.errors import VersionConflict
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.manufacturing.assembly.holds.tables import OpenHolds, all_copies, are_as_read, open_holds
from chalicelib.manufacturing.traceability.lots.errors import LotBlocked, TooManyBlockedLots
from chalicelib.manufacturing.traceability.lots.tables import CellLot, cell_lot_key
from chalicelib.manufacturing.traceability.rules import fold_lot

MAX_BYTES = 80_000
"""The largest list of blocked lots, as JSON: an item has at most 400 kB, of which the holds may take 300."""


def require_lots_released(work: UnitOfWork, org_id: str, lots: Iterable[str | None], holds: OpenHolds | None) -> None:
    """Raise `LotBlocked` if one of these lots is blocked; the reasons are read only then."""
    blocked = set(_blocked_lots(holds))
    found = {fold_lot(lot): lot for lot in lots if lot is not None and fold_lot(lot) in blocked}
    if found:
        keys = {lot: cell_lot_key(org_id, lot) for lot in found.values()}
        stored = get_many(keys.values(), work.clock)
        raise LotBlocked([{"lot": lot, "reason": _reason(stored.get(key))} for lot, key in keys.items()])


def change_blocked_lots(work: UnitOfWork, org_id: str, holds: OpenHolds | None, lot: str, *, is_blocked: bool) -> None:
    """Stage that a lot is blocked, or is not any more. Raise `TooManyBlockedLots` if there is no room."""
    before = _blocked_lots(holds)
    kept = [each for each in before if each != fold_lot(lot)]
    if is_blocked:
        kept.append(fold_lot(lot))
        if len(msgspec.json.encode(kept)) > MAX_BYTES:
            raise TooManyBlockedLots(details={"blocked": len(before)})
    number = 0 if holds is None else holds.number
    for copy in all_copies(org_id):
        work.update_unread(
            copy,
            condition=are_as_read(holds),
            on_conflict=VersionConflict(),
            actions=[
                OpenHolds.holds.set(list(open_holds(holds))),
                OpenHolds.blocked_lots.set(kept),
                OpenHolds.number.set(number + 1),
            ],
            label=EXACT_VERSION,
            audited=False,
        )


def _blocked_lots(holds: OpenHolds | None) -> list[str]:
    return [] if holds is None else holds.blocked_lots or []


def _reason(lot: CellLot | None) -> str:
    return "" if lot is None else lot.status_reason or ""
