"""Rules of the lots of cells: the same whatever the case, counted by lot, and stored once for all where they agree."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.manufacturing.traceability.lots.rules import count_lots, is_same_lot, lots_of_entry
from chalicelib.manufacturing.traceability.rules import fold_lot
from chalicelib.manufacturing.traceability.tables import BOUND, LedgerEntry

LOT = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=5)
LOTS = st.lists(st.none() | LOT, min_size=1, max_size=9)


@given(LOT)
def test_a_lot_is_the_same_in_upper_and_lower_case(lot: str) -> None:
    assert is_same_lot(lot.upper(), lot.lower())
    assert fold_lot(fold_lot(lot)) == fold_lot(lot.upper()) == fold_lot(lot)


@given(LOT, LOT)
def test_lots_are_the_same_exactly_if_they_fold_to_the_same(one: str, other: str) -> None:
    assert is_same_lot(one, other) == (fold_lot(one) == fold_lot(other))
    assert not is_same_lot(one, None)
    assert is_same_lot(None, None)


@given(LOTS)
def test_every_cell_with_a_lot_is_counted_once_under_the_lot_as_first_written(lots: list[str | None]) -> None:
    counts = count_lots(lots)
    written = [lot for lot in lots if lot is not None]
    assert sum(counts.values()) == len(written)
    assert len({fold_lot(lot) for lot in counts}) == len(counts)
    for lot, cells in counts.items():
        assert cells == sum(is_same_lot(lot, other) for other in written)
        assert lot == next(other for other in written if is_same_lot(lot, other))


@given(LOTS)
def test_a_ledger_entry_says_the_lot_of_each_cell_as_it_was_written(lots: list[str | None]) -> None:
    by_serial = {f"C-{number}": lot for number, lot in enumerate(lots)}
    of_all, of_each = lots_of_entry(by_serial)
    entry = LedgerEntry("pk", "sk", change=BOUND, serials=[*by_serial], lot=of_all, lots=of_each)
    assert entry.lot_by_serial == by_serial
    assert (of_each is None) == (len(set(lots)) == 1)
