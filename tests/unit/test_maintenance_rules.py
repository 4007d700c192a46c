"""The life of a work order: every step in every state, what is counted on the way, and when it is late."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.maintenance.rules import (
    CLOCKED,
    HELD_BY_TECHNICIAN,
    MINE,
    ON_HAND,
    OPEN,
    WORK_ORDER,
    HeldState,
    Holder,
    Priority,
    WorkOrderAction,
    WorkOrderState,
    age_hours,
    done_shifts,
    is_due_soon,
    is_overdue,
    target_state,
)
from chalicelib.maintenance.settings import MaintenanceSettings
from tests.builders.maintenance import POSSIBLE

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones
spans = st.timedeltas(timedelta(0), timedelta(days=30))
holders = st.tuples(st.sampled_from([None, "mees", "zoe"]), st.sampled_from(WorkOrderState))


@pytest.mark.parametrize(("state", "step"), list(product(WorkOrderState, WorkOrderAction)))
def test_every_step_leads_where_it_should_or_nowhere(state: WorkOrderState, step: WorkOrderAction) -> None:
    target = WORK_ORDER.transitions.get((state, step))
    assert ("as before" if isinstance(target, HeldState) else target) == POSSIBLE[state].get(step)


@pytest.mark.parametrize("held", [WorkOrderState.ASSIGNED, WorkOrderState.IN_PROGRESS])
def test_a_hold_ends_in_the_state_in_which_it_began(held: WorkOrderState) -> None:
    assert target_state(WorkOrderState.ON_HOLD, WorkOrderAction.RESUME, held.value) is held
    assert target_state(WorkOrderState.ON_HOLD, WorkOrderAction.RETURN, held.value) is WorkOrderState.RETURNED


@pytest.mark.parametrize("state", WorkOrderState)
def test_what_is_possible_is_listed(state: WorkOrderState) -> None:
    assert set(WORK_ORDER.allowed(state)) == set(POSSIBLE[state])


def test_what_nobody_has_is_nobody_s_and_what_is_done_holds_nothing_back() -> None:
    assert {WorkOrderState.ASSIGNED, WorkOrderState.IN_PROGRESS} == ON_HAND
    assert ON_HAND | {WorkOrderState.ON_HOLD} == HELD_BY_TECHNICIAN
    assert HELD_BY_TECHNICIAN | {WorkOrderState.RETURNED} == MINE
    assert set(WorkOrderState) - OPEN == {WorkOrderState.DONE, WorkOrderState.CANCELLED}
    assert {WorkOrderState.ON_HOLD} == OPEN - CLOCKED


@given(st.lists(holders, min_size=1, max_size=20))
def test_counts_moved_along_are_the_counts_of_what_there_is(way: list[Holder]) -> None:
    counts: Counter[str] = Counter()
    before: Holder = (None, WorkOrderState.ROUTED)
    for after in way:
        for technician, by in done_shifts(before, after).items():
            counts[technician] += by
        before = after
    last, state = way[-1]
    there = {last: 1} if last is not None and state is WorkOrderState.DONE else {}
    assert {key: number for key, number in counts.items() if number} == there


@given(st.sampled_from(WorkOrderState), moments, moments, spans)
def test_an_order_is_late_or_soon_or_neither_and_never_both(
    state: WorkOrderState, due_at: datetime, now: datetime, soon: timedelta
) -> None:
    late, near = is_overdue(state, due_at, now), is_due_soon(state, due_at, now, soon)
    assert not (late and near)
    assert late == (state in CLOCKED and now > due_at)
    assert near == (state in CLOCKED and due_at - soon <= now <= due_at)


@pytest.mark.parametrize(("priority", "hours"), [("CRITICAL", 4), ("HIGH", 24), ("MEDIUM", 72), ("LOW", 168)])
def test_each_priority_has_its_hours_unless_settled_otherwise(priority: str, hours: int) -> None:
    assert MaintenanceSettings().time_allowed(Priority(priority)) == timedelta(hours=hours)
    settled = MaintenanceSettings(critical_hours=1, high_hours=1, medium_hours=1, low_hours=1)
    assert settled.time_allowed(Priority(priority)) == timedelta(hours=1)
    assert MaintenanceSettings().soon == timedelta(hours=2)
    assert MaintenanceSettings().escalate_after == timedelta(hours=24)


def test_hours_may_have_decimals_and_are_whole_milliseconds() -> None:
    settled = MaintenanceSettings(critical_hours=0.01, due_soon_hours=1 / 3, escalate_after_hours=2.5)
    assert settled.time_allowed(Priority.CRITICAL) == timedelta(seconds=36)
    assert settled.soon == timedelta(minutes=20)
    assert settled.escalate_after == timedelta(hours=2, minutes=30)


@pytest.mark.parametrize(("minutes", "hours"), [(0, 0.0), (2, 0.0), (6, 0.1), (90, 1.5), (59, 1.0), (60 * 200, 200.0)])
def test_an_age_is_in_hours_with_one_decimal(minutes: int, hours: float) -> None:
    assert age_hours(NOW, NOW + timedelta(minutes=minutes)) == hours
