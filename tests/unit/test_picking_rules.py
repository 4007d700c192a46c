"""An assignment told from its ledger: what counts, what is undone, and that the order of arrival does not matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.picking import ledger
from chalicelib.picking.matching import Line, Lines
from chalicelib.picking.rules import advance, can_advance, fold
from chalicelib.picking.state import LOG_LINES, Entry, Kind, State, Status

ANNA, BO = "anna", "bo"
MINUTE = 60_000
LINES = Lines(
    [
        Line(1, "SKU-1", Decimal(5), "A-01", ("5901234123457",), "P1"),
        Line(2, "SKU-2", Decimal(3), "A-02"),
        Line(3, "SKU-2", Decimal("1.5"), "B-07"),
    ]
)
UNDOABLE = (Kind.SCAN, Kind.WRAP, Kind.DELAY, Kind.BREAK, Kind.SHARE)


class Story:
    """A ledger that is written entry by entry, each a minute after the one before."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.now = 0

    def tell(self, kind: Kind, by: str = ANNA, **more: Any) -> Story:
        self.now += MINUTE
        self.entries.append(Entry(len(self.entries) + 1, self.now, kind, by, **more))
        return self

    def claim(self, by: str = ANNA) -> Story:
        return self.tell(Kind.CLAIMED, by, text=by.title())

    def scan(self, code: str, amount: int = 1, by: str = ANNA) -> Story:
        return self.tell(Kind.SCAN, by, codes=(code,), amount=amount)

    @property
    def state(self) -> State:
        return fold(LINES, self.entries)

    @property
    def said(self) -> list[str]:
        """What the log says; warnings begin with an exclamation mark."""
        return [("! " if line.level == "warning" else "") + line.message for line in self.state.log]

    def worked_minutes(self, by: str = ANNA) -> float:
        return self.state.people[by].watch.worked_by(self.now) / MINUTE


def picked(state: State) -> dict[int, object]:
    return dict(state.picked)


def where(story: Story) -> Status:
    """Where it stands by now."""
    return story.state.status


# --- scans -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["5901234123457", "05901234123457", "SKU-1", "sku-1 ", "a-01"])
def test_a_line_is_picked_by_its_bar_code_its_sku_or_its_location(code: str) -> None:
    story = Story().claim().scan(code)
    assert picked(story.state) == {1: 1}
    assert story.said[-1] == "Picked 1 of SKU-1 at A-01 (1 of 5)"


def test_a_label_with_a_count_counts_so_many_and_goes_on_to_the_next_line_of_the_article() -> None:
    story = Story().claim().scan("SKU-2", 4)
    assert picked(story.state) == {2: 3, 3: 1}
    assert story.said[-2:] == ["Picked 3 of SKU-2 at A-02 (3 of 3)", "Picked 1 of SKU-2 at B-07 (1 of 1.5)"]


def test_what_is_more_than_wanted_is_said_and_not_counted() -> None:
    story = Story().claim().scan("SKU-1", 4).scan("SKU-1", 3)
    assert picked(story.state) == {1: 5}
    assert story.said[-2:] == [
        "Picked 1 of SKU-1 at A-01 (5 of 5)",
        "! Not counted: 2 more of SKU-1 than is wanted",
    ]
    assert story.scan("SKU-1").said[-1] == "! Not counted: 1 more of SKU-1 than is wanted"


def test_an_unknown_code_is_said_and_changes_nothing() -> None:
    story = Story().claim().scan("what\x1dis this")
    assert picked(story.state) == {}
    assert story.said[-1] == "! Nothing to pick here has the code what is this"
    assert story.scan("x" * 60).said[-1].endswith("x" * 37 + "...")


def test_a_label_that_counts_nothing_is_said() -> None:
    assert Story().claim().scan("SKU-1", 0).said[-1] == "! The label of SKU-1 counts nothing"


def test_when_nothing_is_lacking_it_is_complete() -> None:
    story = Story().claim().scan("SKU-1", 5).scan("SKU-2", 4)
    assert where(story) is Status.ACTIVE
    story.scan("SKU-2")
    assert where(story) is Status.COMPLETED
    assert "Everything is picked" in story.said
    assert story.state.holders == {ANNA: MINUTE}
    assert story.scan("SKU-1").state.status is Status.COMPLETED


# --- undo --------------------------------------------------------------------------------------------------------


def test_undo_takes_back_the_newest_effect_and_then_the_one_before() -> None:
    story = Story().claim().scan("SKU-1", 2).tell(Kind.WRAP).scan("nothing").tell(Kind.UNDO)
    assert (story.state.wraps, picked(story.state), story.said[-1]) == (0, {1: 2}, "Taken back: the wrap")
    story.tell(Kind.UNDO)
    assert (picked(story.state), story.said[-1]) == ({}, "Taken back: 2 of SKU-1 at A-01")
    assert story.tell(Kind.UNDO).said[-1] == "! There is nothing to take back"


def test_undoing_the_last_pick_makes_a_complete_assignment_active_again_and_time_goes_on() -> None:
    story = Story().claim().scan("SKU-1", 5).scan("SKU-2", 5)
    assert where(story) is Status.COMPLETED
    story.tell(Kind.UNDO)
    assert where(story) is Status.ACTIVE
    assert story.worked_minutes() == 3


def test_who_joined_after_the_last_pick_works_on_it_again_once_that_is_undone() -> None:
    story = Story().claim().tell(Kind.SHARE).scan("SKU-1", 5).scan("SKU-2", 5).claim(BO)
    story.tell(Kind.UNDO).tell(Kind.BREAK, BO).tell(Kind.BREAK, BO).scan("SKU-2", 1, BO)
    assert (where(story), story.worked_minutes(), story.worked_minutes(BO)) == (Status.ACTIVE, 8, 3)
    assert "Break begun" in story.said


def test_an_undo_in_one_persons_name_takes_back_what_another_did_last() -> None:
    story = Story().claim().tell(Kind.SHARE).claim(BO).scan("SKU-1", 2, BO).tell(Kind.UNDO)
    assert picked(story.state) == {}
    assert story.state.people[BO].units == 0


def test_what_was_given_back_stays_given_back_when_older_effects_are_undone() -> None:
    story = Story().claim().tell(Kind.BREAK).tell(Kind.RELEASED, people=(ANNA,)).claim(BO).tell(Kind.UNDO, BO)
    assert story.said[-1] == "Taken back: the break"
    assert story.state.people[ANNA].watch.since is None
    assert list(story.state.holders) == [BO]


def test_undoing_what_was_done_before_it_was_given_back_does_not_count_the_time_in_between() -> None:
    story = Story().claim().tell(Kind.DELAY).tell(Kind.RELEASED, people=(ANNA,)).claim()
    assert (story.worked_minutes(), story.tell(Kind.UNDO).worked_minutes()) == (1, 2)
    assert (story.state.delays, story.said[-1]) == (0, "Taken back: the delay")


def test_a_share_that_is_undone_does_not_bring_a_pause_back() -> None:
    story = Story().claim().tell(Kind.WRAP).tell(Kind.SHARE).scan("nothing").tell(Kind.UNDO)
    assert not story.state.shared
    assert story.worked_minutes() == 2  # the wrap lasted from its minute to the scan two minutes later


# --- time --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.WRAP, Kind.DELAY])
def test_a_wrap_and_a_delay_last_until_the_same_person_scans(kind: Kind) -> None:
    story = Story().claim().scan("SKU-1").tell(kind).tell(Kind.RESUMED).scan("SKU-1").scan("SKU-1")
    assert story.worked_minutes() == 3


def test_a_break_lasts_until_its_end_whatever_is_scanned() -> None:
    story = Story().claim().tell(Kind.BREAK).scan("SKU-1").tell(Kind.WRAP).tell(Kind.BREAK).scan("SKU-1")
    assert story.worked_minutes() == 2
    assert (story.state.breaks, story.state.wraps, picked(story.state)) == (1, 1, {1: 2})
    assert "Break ended" in story.said


def test_a_break_that_follows_a_wrap_ends_the_wrap() -> None:
    story = Story().claim().tell(Kind.WRAP).tell(Kind.BREAK).tell(Kind.BREAK).scan("SKU-1")
    assert story.worked_minutes() == 2


def test_time_stands_still_while_nobody_has_it_in_hand() -> None:
    story = Story().claim().scan("SKU-1").tell(Kind.RELEASED, people=(ANNA,)).tell(Kind.OPENED)
    assert (story.state.status, story.worked_minutes()) == (Status.QUEUED, 2)
    story.claim().scan("SKU-1")
    assert (story.state.status, story.worked_minutes()) == (Status.ACTIVE, 3)


def test_after_the_last_pick_wraps_are_counted_and_breaks_are_none() -> None:
    story = Story().claim().scan("SKU-1", 5).scan("SKU-2", 5).tell(Kind.WRAP).tell(Kind.BREAK)
    assert (story.state.wraps, story.state.breaks, story.state.unwrapped) == (1, 0, False)
    assert story.said[-1].startswith("! No break")
    assert story.worked_minutes() == 2


def test_two_people_are_timed_apart() -> None:
    story = Story().claim().tell(Kind.SHARE).claim(BO).tell(Kind.BREAK, BO).scan("SKU-1")
    assert (story.worked_minutes(), story.worked_minutes(BO)) == (4, 1)
    assert story.state.worked_ms(story.now) == 5 * MINUTE
    assert story.said[2] == "Bo joined"


def test_a_closed_assignment_stays_closed_and_still_counts_what_comes_late() -> None:
    story = Story().claim().scan("SKU-1").tell(Kind.CLOSED, "boss", text="no stock").scan("SKU-1", 4).scan("SKU-2", 5)
    assert (story.state.status, story.state.units) == (Status.CLOSED, Decimal("9.5"))
    assert story.worked_minutes() == 2
    assert "Closed early: no stock" in story.said


def test_the_log_keeps_its_newest_lines() -> None:
    story = Story().claim()
    for number in range(LOG_LINES + 5):
        story.scan(f"x{number}")
    assert len(story.state.log) == LOG_LINES
    assert story.said[-1].endswith(f"x{LOG_LINES + 4}")


def test_a_state_that_was_stored_says_that_it_cannot_undo() -> None:
    state = ledger.decode_state(ledger.encode_state(Story().claim().scan("SKU-1").state))
    with pytest.raises(ValueError, match="fold its ledger"):
        advance(state, LINES, [Entry(3, 3 * MINUTE, Kind.UNDO, ANNA)])


# --- whatever happens ----------------------------------------------------------------------------------------------

codes = st.sampled_from(["SKU-1", "SKU-2", "A-02", "B-07", "nothing"])
happenings = st.one_of(
    st.tuples(st.just(Kind.SCAN), codes, st.integers(0, 4)),
    st.tuples(st.sampled_from([Kind.WRAP, Kind.DELAY, Kind.BREAK, Kind.SHARE, Kind.UNDO, Kind.RESUMED])),
)
events = st.lists(st.tuples(st.sampled_from([ANNA, BO]), happenings, st.integers(0, 3)), max_size=25)


def ledger_of(drawn: Iterable[tuple[str, tuple[Any, ...], int]]) -> list[Entry]:
    """Both take it, then what was drawn happens, sometimes several things in one moment."""
    told = Story().claim().claim(BO).entries
    at = told[-1].at
    for by, (kind, *more), later in drawn:
        at += later * 1000
        scan = {"codes": (more[0],), "amount": more[1]} if more else {}
        told.append(Entry(len(told) + 1, at, kind, by, **scan))
    return told


def stored(state: State, *, without: Sequence[str] = ()) -> dict[str, object]:
    """All that is stored of a state."""
    values = msgspec.structs.asdict(ledger.stored_form(state))
    return {name: value for name, value in values.items() if name not in without}


def taken_in(batches: Iterable[Sequence[Entry]]) -> State:
    """What is stored after these batches have come one after the other, as the ledger is really written."""
    state, arrived = State(), list[Entry]()
    for batch in batches:
        arrived += batch
        if can_advance(state, batch):
            advance(state, LINES, batch)
        else:
            state = fold(LINES, arrived)
        state = ledger.decode_state(ledger.encode_state(state))
    return state


@settings(max_examples=60)
@given(events, st.lists(st.integers(0, 30), max_size=5), st.randoms(use_true_random=False))
def test_in_whatever_order_batches_come_the_state_is_that_of_what_happened(
    drawn: list[tuple[str, tuple[Any, ...], int]], cuts: list[int], random_source: Any
) -> None:
    entries = ledger_of(drawn)
    ends = sorted({2, len(entries), *(2 + cut for cut in cuts if 2 + cut < len(entries))})
    batches = [entries[start:end] for start, end in pairwise(ends)]
    random_source.shuffle(batches)
    assert stored(taken_in([entries[:2], *batches])) == stored(fold(LINES, entries))


@settings(max_examples=60)
@given(events, happenings, st.sampled_from([ANNA, BO]))
def test_what_is_undone_at_once_was_never_there(
    drawn: list[tuple[str, tuple[Any, ...], int]], last: tuple[Any, ...], by: str
) -> None:
    before = ledger_of(drawn)
    *_, done = ledger_of([*drawn, (by, last, 1)])
    effects = fold(LINES, before).effects
    after = fold(LINES, [*before, done])
    assert effects is not None
    assert after.effects is not None
    if done.kind is Kind.UNDO or len(after.effects) == len(effects):
        return  # it had no effect
    undone = fold(LINES, [*before, done, Entry(done.seq + 1, done.at + 500, Kind.UNDO, by)])
    assert stored(undone, without=("log", "last")) == stored(fold(LINES, before), without=("log", "last"))


@settings(max_examples=60)
@given(events)
def test_figures_always_add_up(drawn: list[tuple[str, tuple[Any, ...], int]]) -> None:
    entries = ledger_of(drawn)
    state, now = fold(LINES, entries), entries[-1].at
    for line in LINES.all:
        assert 0 <= state.picked.get(line.number, 0) <= line.quantity
    assert sum(person.units for person in state.people.values()) == state.units
    assert (state.status is Status.COMPLETED) == (state.units == LINES.wanted)
    assert min(state.wraps, state.delays, state.breaks) >= 0
    for who, since in state.holders.items():
        assert 0 <= state.people[who].watch.worked_by(now) <= now - since
    undone = fold(LINES, [*entries, *(Entry(len(entries) + 1 + n, now + n, Kind.UNDO, ANNA) for n in range(26))])
    assert (int(undone.units), undone.wraps, undone.delays, undone.breaks, undone.shared) == (0, 0, 0, 0, False)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([ANNA, BO]),
            happenings | happenings | st.tuples(st.sampled_from([Kind.CLAIMED, Kind.RELEASED])),
            st.integers(0, 3),
        ),
        max_size=30,
    )
)
def test_time_runs_for_exactly_those_who_have_it_in_hand(drawn: list[tuple[str, tuple[Any, ...], int]]) -> None:
    """Whoever comes and goes, also after the last pick: all of that may have been told of later than it happened."""
    told, holders = list[Entry](), set[str]()
    for entry in ledger_of(drawn):
        if (entry.kind is Kind.CLAIMED) is (entry.by in holders):
            continue  # nobody takes what they have, or does anything with what they have not
        if entry.kind in (Kind.CLAIMED, Kind.RELEASED):
            holders ^= {entry.by}
        told.append(entry._replace(people=(entry.by,), text=entry.by))
    state = fold(LINES, told)
    assert set(state.holders) == holders
    for who, person in state.people.items():
        assert (person.watch.since is not None) is (state.status is Status.ACTIVE and who in holders)
        assert 0 <= person.watch.worked_by(told[-1].at) <= told[-1].at - told[0].at
