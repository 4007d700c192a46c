"""The life of a delivery: every step in every state is judged, and none leads where the contract knows no way."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dispatch.rules import (
    ACTIVE,
    FREES_COURIER,
    TRANSITIONS,
    WITH_DRIVER,
    Onward,
    Status,
    Step,
    Verdict,
    judge,
    judge_courier,
    steps_from,
)

ME, OTHER = "me", "somebody else"
FINAL = {Status.DELIVERED, Status.NO_NEARBY_DRIVER, Status.CANCELED_BY_CUSTOMER}

# What is possible, as people say it; everything else is not.
POSSIBLE = {
    Status.ASSIGNED: {Step.ACCEPT, Step.DECLINE, Step.TIME_OUT, Step.HAND_BACK, Step.CALL_OFF},
    Status.ACCEPTED: {Step.ARRIVE, Step.HAND_BACK, Step.CALL_OFF},
    Status.ARRIVED: {Step.PICK_UP, Step.HAND_BACK, Step.CALL_OFF},
    Status.PICKED_UP: {Step.DELIVER},
}
JUST_MADE = {
    (Status.ACCEPTED, Step.ACCEPT),
    (Status.ARRIVED, Step.ARRIVE),
    (Status.PICKED_UP, Step.PICK_UP),
    (Status.DELIVERED, Step.DELIVER),
    (Status.CANCELED_BY_CUSTOMER, Step.CALL_OFF),
}
WAY = [Step.ACCEPT, Step.ARRIVE, Step.PICK_UP, Step.DELIVER]
ADVANCES = set(WAY)
EVERY = list(product(Status, Step))


@pytest.mark.parametrize(("status", "step"), EVERY)
def test_every_step_is_judged_in_every_state(status: Status, step: Step) -> None:
    expected = Verdict.IMPOSSIBLE
    if step in POSSIBLE.get(status, set()):
        expected = Verdict.MOVE
    elif (status, step) in JUST_MADE:
        expected = Verdict.REPEATED
    assert judge(status, step) is expected


@pytest.mark.parametrize(("status", "step"), EVERY)
def test_a_step_that_is_possible_leads_somewhere_else(status: Status, step: Step) -> None:
    if judge(status, step) is Verdict.MOVE:
        assert TRANSITIONS[status, step] is not status
    else:
        assert (status, step) not in TRANSITIONS


def test_a_delivery_goes_from_the_offer_to_the_door() -> None:
    status = Status.ASSIGNED
    for step in WAY:
        reached = TRANSITIONS[status, step]
        assert isinstance(reached, Status)
        status = reached
    assert status is Status.DELIVERED


@pytest.mark.parametrize("status", sorted(FINAL))
def test_nothing_more_happens_to_a_delivery_that_is_over(status: Status) -> None:
    assert steps_from(status) == []
    assert status not in ACTIVE


def test_a_delivery_is_active_exactly_until_it_is_over() -> None:
    assert set(Status) - FINAL == ACTIVE
    assert set(FREES_COURIER) == FINAL


def test_the_customer_sees_who_is_coming_from_the_accept_until_the_door() -> None:
    assert {Status.ACCEPTED, Status.ARRIVED, Status.PICKED_UP} == WITH_DRIVER


def test_what_is_picked_up_can_only_be_delivered() -> None:
    assert steps_from(Status.PICKED_UP) == [Step.DELIVER]


@pytest.mark.parametrize("status", list(Status))
def test_what_is_possible_is_told_in_one_order(status: Status) -> None:
    assert steps_from(status) == sorted(POSSIBLE.get(status, set()))


# --- whose step it is ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "step"), EVERY)
def test_a_courier_may_do_with_their_delivery_what_is_possible(status: Status, step: Step) -> None:
    assert judge_courier(status, step, ME, ME, ()) is judge(status, step)


@pytest.mark.parametrize(("status", "step", "assigned"), list(product(Status, Step, [OTHER, None])))
def test_no_courier_may_do_anything_with_the_delivery_of_another(
    status: Status, step: Step, assigned: str | None
) -> None:
    assert judge_courier(status, step, ME, assigned, ()) is Verdict.NOT_YOURS
    assert judge_courier(status, step, ME, assigned, {OTHER}) is Verdict.NOT_YOURS


@pytest.mark.parametrize("status", list(Status))
def test_giving_up_a_delivery_twice_is_no_error(status: Status) -> None:
    assert judge_courier(status, Step.DECLINE, ME, OTHER, {ME}) is Verdict.REPEATED
    assert judge_courier(status, Step.DECLINE, ME, None, {ME}) is Verdict.REPEATED


@given(st.lists(st.tuples(st.sampled_from(list(Step)), st.booleans()), max_size=20))
def test_whatever_is_tried_a_delivery_moves_only_as_it_may(tries: list[tuple[Step, bool]]) -> None:
    """Each try is a step and whether another courier is there to take over."""
    status, visited = Status.ASSIGNED, [Status.ASSIGNED]
    for step, somebody_free in tries:
        verdict = judge(status, step)
        if verdict is Verdict.REPEATED:
            assert step in ADVANCES | {Step.CALL_OFF}
        if verdict is not Verdict.MOVE:
            continue
        assert status not in FINAL
        reached = TRANSITIONS[status, step]
        if reached is Onward.REASSIGN:
            status = Status.ASSIGNED if somebody_free else Status.NO_NEARBY_DRIVER
        elif isinstance(reached, Status):
            assert judge(reached, step) is Verdict.REPEATED
            status = reached
        visited.append(status)
    if Status.DELIVERED in visited:
        assert visited[-4:] == [Status.ACCEPTED, Status.ARRIVED, Status.PICKED_UP, Status.DELIVERED]
    assert not FINAL & set(visited[:-1])
