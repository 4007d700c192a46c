"""The statuses of lots of cells, and what holds of the lots of cells that are bound together."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from chalicelib.manufacturing.traceability.rules import fold_lot


class LotStatus(StrEnum):
    """The status of a lot of cells; QA changes it at any time.

    `RELEASED`: its cells can be bound. `BLOCKED`: no cell of it is bound, wherever that is from; bound ones stay.
    """

    RELEASED = "RELEASED"
    BLOCKED = "BLOCKED"


def is_same_lot(one: str | None, other: str | None) -> bool:
    """Return whether two lots, or none, are the same; upper and lower case do not differ."""
    return one == other or (one is not None and other is not None and fold_lot(one) == fold_lot(other))


def count_lots(lots: Iterable[str | None]) -> dict[str, int]:
    """Return the number of cells of each lot, as it is first written here; cells without a lot are not counted."""
    written: dict[str, str] = {}
    counts: dict[str, int] = {}
    for lot in lots:
        if lot is not None:
            shown = written.setdefault(fold_lot(lot), lot)
            counts[shown] = counts.get(shown, 0) + 1
    return counts


def lots_of_entry(lots: Mapping[str, str | None]) -> tuple[str | None, list[str] | None]:
    """Return the lot of all cells, or None and the lot of each (empty for none) where these differ."""
    first = next(iter(lots.values()))
    if all(lot == first for lot in lots.values()):
        return first, None
    return None, [lot or "" for lot in lots.values()]
