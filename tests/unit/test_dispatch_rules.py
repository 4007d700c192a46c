"""The life of a delivery: every step in every state is judged, and none leads where the contract knows no way."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.state_machine import TransitionCheck
from chalicelib.dispatch.orders.rules import (
    ACTIVE,
    FREES_COURIER,
    ORDER,
    WITH_DRIVER,
    OrderAction,
    OrderState,
    Reassign,
)

FINAL = {OrderState.DELIVERED, OrderState.NO_NEARBY_DRIVER, OrderState.CANCELED_BY_CUSTOMER}

# What is possible, as people say it; everything else is not.
POSSIBLE = {
    OrderState.ASSIGNED: {
        OrderAction.ACCEPT,
        OrderAction.DECLINE,
        OrderAction.TIME_OUT,
        OrderAction.RELEASE,
        OrderAction.CANCEL,
    },
    OrderState.ACCEPTED: {OrderAction.ARRIVE, OrderAction.RELEASE, OrderAction.CANCEL},
    OrderState.ARRIVED: {OrderAction.PICK_UP, OrderAction.RELEASE, OrderAction.CANCEL},
    OrderState.PICKED_UP: {OrderAction.DELIVER},
}
JUST_MADE = {
    (OrderState.ACCEPTED, OrderAction.ACCEPT),
    (OrderState.ARRIVED, OrderAction.ARRIVE),
    (OrderState.PICKED_UP, OrderAction.PICK_UP),
    (OrderState.DELIVERED, OrderAction.DELIVER),
    (OrderState.CANCELED_BY_CUSTOMER, OrderAction.CANCEL),
}
WAY = [OrderAction.ACCEPT, OrderAction.ARRIVE, OrderAction.PICK_UP, OrderAction.DELIVER]
ADVANCES = set(WAY)
EVERY = list(product(OrderState, OrderAction))


@pytest.mark.parametrize(("status", "step"), EVERY)
def test_every_step_is_judged_in_every_state(status: OrderState, step: OrderAction) -> None:
    expected = TransitionCheck.NOT_ALLOWED
    if step in POSSIBLE.get(status, set()):
        expected = TransitionCheck.ALLOWED
    elif (status, step) in JUST_MADE:
        expected = TransitionCheck.REPEATED
    assert ORDER.check(status, step) is expected


@pytest.mark.parametrize(("status", "step"), EVERY)
def test_a_step_that_is_possible_leads_somewhere_else(status: OrderState, step: OrderAction) -> None:
    if ORDER.check(status, step) is TransitionCheck.ALLOWED:
        assert ORDER.target(status, step) is not status
    else:
        assert (status, step) not in ORDER.transitions


def test_a_delivery_goes_from_the_offer_to_the_door() -> None:
    status = OrderState.ASSIGNED
    for step in WAY:
        reached = ORDER.target(status, step)
        assert isinstance(reached, OrderState)
        status = reached
    assert status is OrderState.DELIVERED


@pytest.mark.parametrize("status", sorted(FINAL))
def test_nothing_more_happens_to_a_delivery_that_is_over(status: OrderState) -> None:
    assert ORDER.allowed(status) == []
    assert status not in ACTIVE


def test_a_delivery_is_active_exactly_until_it_is_over() -> None:
    assert set(OrderState) - FINAL == ACTIVE
    assert set(FREES_COURIER) == FINAL


def test_the_customer_sees_who_is_coming_from_the_accept_until_the_door() -> None:
    assert {OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP} == WITH_DRIVER


def test_what_is_picked_up_can_only_be_delivered() -> None:
    assert ORDER.allowed(OrderState.PICKED_UP) == [OrderAction.DELIVER]


@pytest.mark.parametrize("status", list(OrderState))
def test_what_is_possible_is_told_in_one_order(status: OrderState) -> None:
    assert ORDER.allowed(status) == sorted(POSSIBLE.get(status, set()) - {OrderAction.TIME_OUT})


@given(st.lists(st.tuples(st.sampled_from(list(OrderAction)), st.booleans()), max_size=20))
def test_whatever_is_tried_a_delivery_moves_only_as_it_may(tries: list[tuple[OrderAction, bool]]) -> None:
    """Each try is a step and whether another courier is there to take over."""
    status, visited = OrderState.ASSIGNED, [OrderState.ASSIGNED]
    for step, somebody_free in tries:
        verdict = ORDER.check(status, step)
        if verdict is TransitionCheck.REPEATED:
            assert step in ADVANCES | {OrderAction.CANCEL}
        if verdict is not TransitionCheck.ALLOWED:
            continue
        assert status not in FINAL
        reached = ORDER.target(status, step)
        if reached is Reassign.TO_NEXT_COURIER:
            status = OrderState.ASSIGNED if somebody_free else OrderState.NO_NEARBY_DRIVER
        elif isinstance(reached, OrderState):
            assert ORDER.check(reached, step) is TransitionCheck.REPEATED
            status = reached
        visited.append(status)
    if OrderState.DELIVERED in visited:
        assert visited[-4:] == [OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP, OrderState.DELIVERED]
    assert not FINAL & set(visited[:-1])
