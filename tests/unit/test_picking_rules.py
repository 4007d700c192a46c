"""The fold of a ledger: what counts, what an undo reverts, and that the order of arrival does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.picking.ledger.entries import decode_state, encode_state, stored_state
from chalicelib.picking.ledger.matching import PickLine, PickLines, read_code
from chalicelib.picking.ledger.rules import advance, can_advance, fold
from chalicelib.picking.ledger.state import MAX_LOG_LINES, AssignmentState, AssignmentStatus, EntryKind, PickEntry

ANNA, BO = "anna", "bo"
MINUTE = 60_000
LINES = PickLines(
    [
        PickLine(1, "SKU-1", Decimal(5), "A-01", ("5901234123457",), "P1"),
        PickLine(2, "SKU-2", Decimal(3), "A-02"),
        PickLine(3, "SKU-2", Decimal("1.5"), "B-07"),
    ]
)
UNDOABLE = (EntryKind.SCAN, EntryKind.WRAP, EntryKind.DELAY, EntryKind.BREAK, EntryKind.SHARE)


class LedgerBuilder:
    """A ledger, written entry by entry, each a minute after the previous one."""

    def __init__(self) -> None:
        self.entries: list[PickEntry] = []
        self.now = 0

    def add(self, kind: EntryKind, by: str = ANNA, **more: Any) -> LedgerBuilder:
        self.now += MINUTE
        self.entries.append(PickEntry(len(self.entries) + 1, self.now, kind, by, **more))
        return self

    def claim(self, by: str = ANNA) -> LedgerBuilder:
        return self.add(EntryKind.CLAIMED, by, text=by.title())

    def scan(self, code: str, amount: int = 1, by: str = ANNA) -> LedgerBuilder:
        return self.add(
            EntryKind.SCAN, by, codes=(code,), amount=Decimal(amount), is_place=read_code(code, LINES).is_place
        )

    def scan_label(self, raw: str, by: str = ANNA) -> LedgerBuilder:
        """Add the scan of a label with all that it says."""
        return self.add(EntryKind.SCAN, by, **read_code(raw, LINES)._asdict())

    @property
    def state(self) -> AssignmentState:
        return fold(LINES, self.entries)

    @property
    def messages(self) -> list[str]:
        """Return the log's messages; warnings begin with an exclamation mark."""
        return [("! " if line.level == "warning" else "") + line.message for line in self.state.log]

    def worked_minutes(self, by: str = ANNA) -> float:
        return self.state.people[by].timer.worked_by(self.now) / MINUTE


def picked(state: AssignmentState) -> dict[int, object]:
    return dict(state.picked)


def status_of(ledger: LedgerBuilder) -> AssignmentStatus:
    """Return the current status."""
    return ledger.state.status


# --- scans -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["5901234123457", "05901234123457", "SKU-1", "sku-1 "])
def test_line_is_picked_by_barcode_or_sku(code: str) -> None:
    ledger = LedgerBuilder().claim().scan(code)
    assert picked(ledger.state) == {1: 1}
    assert ledger.messages[-1] == "Picked 1 of SKU-1 at A-01 (1 of 5)"


@pytest.mark.parametrize("raw", ["A-01", "a-01", "(414)9521234000778(254)A-01", "]C1240A-01"])
def test_location_label_says_where_the_picker_is_and_counts_nothing(raw: str) -> None:
    ledger = LedgerBuilder().claim().scan_label("SKU-1").scan_label(raw)
    assert picked(ledger.state) == {1: 1}
    assert ledger.messages[-1] == "At A-01"
    assert ledger.add(EntryKind.UNDO).messages[-1] == "Undone: 1 of SKU-1 at A-01"


CHECKED = PickLines(
    [
        PickLine(1, "SKU-1", Decimal(2), "A-01", (), None, (), None, "47"),
        PickLine(2, "SKU-2", Decimal(2), "A-02", (), None, (), None, "12"),
        PickLine(3, "SKU-3", Decimal(2), "A-03", (), None, (), None, "47"),
    ]
)


@pytest.mark.parametrize(
    ("scans", "message"),
    [
        (["47"], "At A-01, checked"),
        (["A-01", "47"], "At A-01, checked"),
        (["A-03", "47"], "At A-03, checked"),
        (["SKU-1", "SKU-1", "47"], "At A-03, checked"),  # the first location at which something is left
        (["A-01", "12"], "! Wrong check code for A-01"),
        (["A-01", "12", "12"], "At A-02, checked"),
        (["A-01", "SKU-1", "12"], "At A-02, checked"),  # the picker went on
        (["A-01", "48"], "! No line has the code 48"),
    ],
)
def test_check_code_confirms_the_location(scans: list[str], message: str) -> None:
    ledger = LedgerBuilder().claim()
    for raw in scans:
        ledger.add(EntryKind.SCAN, **read_code(raw, CHECKED)._asdict())
    line = fold(CHECKED, ledger.entries).log[-1]
    assert ("! " if line.level == "warning" else "") + line.message == message


def test_location_without_a_line_is_a_warning() -> None:
    ledger = LedgerBuilder().claim().scan_label("(414)9521234000778(254)Z-9")
    assert ledger.messages[-1] == "! No line is at Z-9"


def test_number_of_a_location_is_never_an_article() -> None:
    lines = PickLines([PickLine(1, "SKU-1", Decimal(5), "A-01", ("9521234000778",))])
    assert read_code("(414)9521234000778", lines).is_place
    state = fold(lines, [PickEntry(1, 1, EntryKind.SCAN, ANNA, **read_code("]C14149521234000778", lines)._asdict())])
    assert not state.picked


def test_location_labels_that_earlier_versions_counted_still_count() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.SCAN, codes=("A-01",))
    assert picked(ledger.state) == {1: 1}


UNIT = "(01)05901234123457(21)S-1"


@pytest.mark.parametrize("again", [UNIT, "]d2010590123412345721S-1", "https://id.gs1.org/01/5901234123457/21/S-1"])
def test_same_unit_counts_once_and_again_after_an_undo(again: str) -> None:
    ledger = LedgerBuilder().claim().scan_label(UNIT).scan_label(again)
    assert picked(ledger.state) == {1: 1}
    assert ledger.messages[-1] == "! Already scanned: this unit of SKU-1"
    assert picked(ledger.add(EntryKind.UNDO).state) == {}
    assert picked(ledger.scan_label(again).state) == {1: 1}


def test_different_units_and_labels_without_a_unit_all_count() -> None:
    ledger = LedgerBuilder().claim()
    for raw in (UNIT, "(01)05901234123457(21)s-1", "(01)05901234123457", "(01)05901234123457", "5901234123457"):
        ledger.scan_label(raw)
    assert picked(ledger.state) == {1: 5}


def test_unit_that_found_no_room_may_be_scanned_again() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1", 5).scan_label(UNIT)
    assert ledger.messages[-1] == "! Not counted: 1 of SKU-1 more than ordered"
    assert picked(ledger.add(EntryKind.UNDO).scan_label(UNIT).state) == {1: 1}


def test_count_of_a_label_continues_on_the_next_line_of_the_article() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-2", 4)
    assert picked(ledger.state) == {2: 3, 3: 1}
    assert ledger.messages[-2:] == ["Picked 3 of SKU-2 at A-02 (3 of 3)", "Picked 1 of SKU-2 at B-07 (1 of 1.5)"]


def test_excess_quantity_is_a_warning() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1", 4).scan("SKU-1", 3)
    assert picked(ledger.state) == {1: 5}
    assert ledger.messages[-2:] == [
        "Picked 1 of SKU-1 at A-01 (5 of 5)",
        "! Not counted: 2 of SKU-1 more than ordered",
    ]
    assert ledger.scan("SKU-1").messages[-1] == "! Not counted: 1 of SKU-1 more than ordered"


def test_unknown_code_is_a_warning() -> None:
    ledger = LedgerBuilder().claim().scan("what\x1dis this")
    assert picked(ledger.state) == {}
    assert ledger.messages[-1] == "! No line has the code what is this"
    assert ledger.scan("x" * 60).messages[-1].endswith("x" * 37 + "...")


def test_label_with_count_zero_is_a_warning() -> None:
    assert LedgerBuilder().claim().scan("SKU-1", 0).messages[-1] == "! The label of SKU-1 has the count 0"


def test_assignment_completes_when_every_line_is_complete() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1", 5).scan("SKU-2", 4)
    assert status_of(ledger) is AssignmentStatus.ACTIVE
    ledger.scan("SKU-2")
    assert status_of(ledger) is AssignmentStatus.COMPLETED
    assert "All lines picked" in ledger.messages
    assert ledger.state.holders == {ANNA: MINUTE}
    assert ledger.scan("SKU-1").state.status is AssignmentStatus.COMPLETED


# --- undo --------------------------------------------------------------------------------------------------------


def test_undo_reverts_the_newest_effect_then_the_one_before() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1", 2).add(EntryKind.WRAP).scan("nothing").add(EntryKind.UNDO)
    assert (ledger.state.wraps, picked(ledger.state), ledger.messages[-1]) == (0, {1: 2}, "Undone: the wrap")
    ledger.add(EntryKind.UNDO)
    assert (picked(ledger.state), ledger.messages[-1]) == ({}, "Undone: 2 of SKU-1 at A-01")
    assert ledger.add(EntryKind.UNDO).messages[-1] == "! Nothing to undo"


def test_undoing_the_last_pick_reactivates_the_assignment_and_its_timers() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1", 5).scan("SKU-2", 5)
    assert status_of(ledger) is AssignmentStatus.COMPLETED
    ledger.add(EntryKind.UNDO)
    assert status_of(ledger) is AssignmentStatus.ACTIVE
    assert ledger.worked_minutes() == 3


def test_undoing_the_last_pick_starts_the_timer_of_a_later_joiner() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.SHARE).scan("SKU-1", 5).scan("SKU-2", 5).claim(BO)
    ledger.add(EntryKind.UNDO).add(EntryKind.BREAK, BO).add(EntryKind.BREAK, BO).scan("SKU-2", 1, BO)
    assert (status_of(ledger), ledger.worked_minutes(), ledger.worked_minutes(BO)) == (AssignmentStatus.ACTIVE, 8, 3)
    assert "Break started" in ledger.messages


def test_undo_reverts_the_newest_effect_of_any_holder() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.SHARE).claim(BO).scan("SKU-1", 2, BO).add(EntryKind.UNDO)
    assert picked(ledger.state) == {}
    assert ledger.state.people[BO].units == 0


def test_release_stays_when_older_effects_are_undone() -> None:
    ledger = (
        LedgerBuilder()
        .claim()
        .add(EntryKind.BREAK)
        .add(EntryKind.RELEASED, people=(ANNA,))
        .claim(BO)
        .add(EntryKind.UNDO, BO)
    )
    assert ledger.messages[-1] == "Undone: the break"
    assert ledger.state.people[ANNA].timer.since is None
    assert list(ledger.state.holders) == [BO]


def test_undo_of_an_effect_before_a_release_adds_no_time() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.DELAY).add(EntryKind.RELEASED, people=(ANNA,)).claim()
    assert (ledger.worked_minutes(), ledger.add(EntryKind.UNDO).worked_minutes()) == (1, 2)
    assert (ledger.state.delays, ledger.messages[-1]) == (0, "Undone: the delay")


def test_undone_share_does_not_restore_a_pause() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.WRAP).add(EntryKind.SHARE).scan("nothing").add(EntryKind.UNDO)
    assert not ledger.state.shared
    assert ledger.worked_minutes() == 2  # the wrap lasted from its minute to the scan two minutes later


# --- time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [EntryKind.WRAP, EntryKind.DELAY])
def test_wrap_and_delay_last_until_the_same_picker_scans(kind: EntryKind) -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1").add(kind).add(EntryKind.RESUMED).scan("SKU-1").scan("SKU-1")
    assert ledger.worked_minutes() == 3


def test_scan_ends_a_break_at_that_moment() -> None:
    ledger = (
        LedgerBuilder()
        .claim()
        .add(EntryKind.BREAK)
        .scan("SKU-1")
        .add(EntryKind.WRAP)
        .add(EntryKind.BREAK)
        .scan("SKU-1")
    )
    assert ledger.worked_minutes() == 2
    assert (ledger.state.breaks, ledger.state.wraps, picked(ledger.state)) == (2, 1, {1: 2})
    assert ledger.messages.count("Break ended") == 2


def test_undo_of_the_scan_that_ended_a_break_restores_the_break() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.BREAK).scan("SKU-1").add(EntryKind.UNDO).scan("SKU-1")
    assert ledger.worked_minutes() == 1


def test_label_of_no_line_ends_a_break_too() -> None:
    assert LedgerBuilder().claim().add(EntryKind.BREAK).scan("nothing").scan("SKU-1").worked_minutes() == 2


def test_break_after_a_wrap_ends_the_wrap() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.WRAP).add(EntryKind.BREAK).add(EntryKind.BREAK).scan("SKU-1")
    assert ledger.worked_minutes() == 2


def test_released_assignment_counts_no_time() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1").add(EntryKind.RELEASED, people=(ANNA,)).add(EntryKind.OPENED)
    assert (ledger.state.status, ledger.worked_minutes()) == (AssignmentStatus.QUEUED, 2)
    ledger.claim().scan("SKU-1")
    assert (ledger.state.status, ledger.worked_minutes()) == (AssignmentStatus.ACTIVE, 3)


def test_after_completion_wraps_count_and_breaks_do_not() -> None:
    ledger = LedgerBuilder().claim().scan("SKU-1", 5).scan("SKU-2", 5).add(EntryKind.WRAP).add(EntryKind.BREAK)
    assert (ledger.state.wraps, ledger.state.breaks, ledger.state.unwrapped) == (1, 0, False)
    assert ledger.messages[-1].startswith("! Break not started")
    assert ledger.worked_minutes() == 2


def test_each_picker_has_a_timer() -> None:
    ledger = LedgerBuilder().claim().add(EntryKind.SHARE).claim(BO).add(EntryKind.BREAK, BO).scan("SKU-1")
    assert (ledger.worked_minutes(), ledger.worked_minutes(BO)) == (4, 1)
    assert ledger.state.worked_ms(ledger.now) == 5 * MINUTE
    assert ledger.messages[2] == "Bo joined"


def test_closed_assignment_counts_late_scans() -> None:
    ledger = (
        LedgerBuilder()
        .claim()
        .scan("SKU-1")
        .add(EntryKind.CLOSED, "boss", text="no stock")
        .scan("SKU-1", 4)
        .scan("SKU-2", 5)
    )
    assert (ledger.state.status, ledger.state.units) == (AssignmentStatus.CLOSED, Decimal("9.5"))
    assert ledger.worked_minutes() == 2
    assert "Closed early: no stock" in ledger.messages


def test_log_keeps_its_newest_lines() -> None:
    ledger = LedgerBuilder().claim()
    for number in range(MAX_LOG_LINES + 5):
        ledger.scan(f"x{number}")
    assert len(ledger.state.log) == MAX_LOG_LINES
    assert ledger.messages[-1].endswith(f"x{MAX_LOG_LINES + 4}")


def test_stored_state_refuses_an_undo() -> None:
    state = decode_state(encode_state(LedgerBuilder().claim().scan("SKU-1").state))
    with pytest.raises(ValueError, match="fold its ledger"):
        advance(state, LINES, [PickEntry(3, 3 * MINUTE, EntryKind.UNDO, ANNA)])


# --- properties ----------------------------------------------------------------------------------------------

codes = st.sampled_from(["SKU-1", "SKU-2", "A-02", "B-07", "nothing"])
labels = st.sampled_from([UNIT, "(01)05901234123457(21)S-2", "(00)376123456789000018(240)SKU-2", "A-01", "B-07"])
actions = st.one_of(
    st.tuples(st.just(EntryKind.SCAN), codes, st.integers(0, 4)),
    st.tuples(st.just(EntryKind.SCAN), labels),
    st.tuples(
        st.sampled_from(
            [EntryKind.WRAP, EntryKind.DELAY, EntryKind.BREAK, EntryKind.SHARE, EntryKind.UNDO, EntryKind.RESUMED]
        )
    ),
)
events = st.lists(st.tuples(st.sampled_from([ANNA, BO]), actions, st.integers(0, 3)), max_size=25)


def ledger_of(drawn: Iterable[tuple[str, tuple[Any, ...], int]]) -> list[PickEntry]:
    """Return a ledger in which both claim it, then the drawn entries, some of them at the same time."""
    entries = LedgerBuilder().claim().claim(BO).entries
    at = entries[-1].at
    for by, (kind, *more), later in drawn:
        at += later * 1000
        scan: dict[str, Any] = read_code(more[0], LINES)._asdict() if more else {}
        if len(more) > 1:
            scan = {"codes": (more[0],), "amount": Decimal(more[1])}
        entries.append(PickEntry(len(entries) + 1, at, kind, by, **scan))
    return entries


def stored(state: AssignmentState, *, without: Sequence[str] = ()) -> dict[str, object]:
    """Return the stored values of a state."""
    values = msgspec.structs.asdict(stored_state(state))
    return {name: value for name, value in values.items() if name not in without}


def ingested(batches: Iterable[Sequence[PickEntry]]) -> AssignmentState:
    """Return the stored state after these batches have arrived one after the other."""
    state, arrived = AssignmentState(), list[PickEntry]()
    for batch in batches:
        arrived += batch
        if can_advance(state, batch):
            advance(state, LINES, batch)
        else:
            state = fold(LINES, arrived)
        state = decode_state(encode_state(state))
    return state


@settings(max_examples=60)
@given(events, st.lists(st.integers(0, 30), max_size=5), st.randoms(use_true_random=False))
def test_state_does_not_depend_on_the_order_of_batches(
    drawn: list[tuple[str, tuple[Any, ...], int]], cuts: list[int], random_source: Any
) -> None:
    entries = ledger_of(drawn)
    ends = sorted({2, len(entries), *(2 + cut for cut in cuts if 2 + cut < len(entries))})
    batches = [entries[start:end] for start, end in pairwise(ends)]
    random_source.shuffle(batches)
    assert stored(ingested([entries[:2], *batches])) == stored(fold(LINES, entries))


@settings(max_examples=60)
@given(events, actions, st.sampled_from([ANNA, BO]))
def test_immediate_undo_restores_the_state(
    drawn: list[tuple[str, tuple[Any, ...], int]], last: tuple[Any, ...], by: str
) -> None:
    before = ledger_of(drawn)
    *_, done = ledger_of([*drawn, (by, last, 1)])
    effects = fold(LINES, before).effects
    after = fold(LINES, [*before, done])
    assert effects is not None
    assert after.effects is not None
    if done.kind is EntryKind.UNDO or len(after.effects) == len(effects):
        return  # it had no effect
    undone = fold(LINES, [*before, done, PickEntry(done.seq + 1, done.at + 500, EntryKind.UNDO, by)])
    # Which location label was scanned last, and when somebody was heard last, is no effect.
    without = ("log", "last", "labels", "seen")
    assert stored(undone, without=without) == stored(fold(LINES, before), without=without)


@settings(max_examples=60)
@given(events)
def test_counters_are_consistent_in_every_state(drawn: list[tuple[str, tuple[Any, ...], int]]) -> None:
    entries = ledger_of(drawn)
    state, now = fold(LINES, entries), entries[-1].at
    for line in LINES.all:
        assert 0 <= state.picked.get(line.number, 0) <= line.quantity
    assert sum(person.units for person in state.people.values()) == state.units
    assert (state.status is AssignmentStatus.COMPLETED) == (state.units == LINES.quantity)
    assert min(state.wraps, state.delays, state.breaks) >= 0
    for who, since in state.holders.items():
        assert 0 <= state.people[who].timer.worked_by(now) <= now - since
    undone = fold(
        LINES, [*entries, *(PickEntry(len(entries) + 1 + n, now + n, EntryKind.UNDO, ANNA) for n in range(26))]
    )
    assert (int(undone.units), undone.wraps, undone.delays, undone.breaks, undone.shared) == (0, 0, 0, 0, False)
    assert not undone.counted_units


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ANNA, BO]),
            actions | actions | st.tuples(st.sampled_from([EntryKind.CLAIMED, EntryKind.RELEASED])),
            st.integers(0, 3),
        ),
        max_size=30,
    )
)
def test_timers_run_for_exactly_the_holders(drawn: list[tuple[str, tuple[Any, ...], int]]) -> None:
    """Also for claims and releases after the last pick, since any of them may have arrived late."""
    entries, holders = list[PickEntry](), set[str]()
    for entry in ledger_of(drawn):
        if (entry.kind is EntryKind.CLAIMED) is (entry.by in holders):
            continue  # holders do not claim again, and others do nothing
        if entry.kind in (EntryKind.CLAIMED, EntryKind.RELEASED):
            holders ^= {entry.by}
        entries.append(entry._replace(people=(entry.by,), text=entry.by))
    state = fold(LINES, entries)
    assert set(state.holders) == holders
    for who, person in state.people.items():
        assert (person.timer.since is not None) is (state.status is AssignmentStatus.ACTIVE and who in holders)
        assert 0 <= person.timer.worked_by(entries[-1].at) <= entries[-1].at - entries[0].at
