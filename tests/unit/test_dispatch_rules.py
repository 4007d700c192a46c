"""The life of a delivery: every step in every state is judged, and none leads where the contract knows no way."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.state_machine import TransitionCheck
from chalicelib.dispatch.orders.rules import (
    ACTIVE,
    FINAL,
    FREES_COURIER,
    IN_HAND,
    ORDER,
    WITH_DRIVER,
    OrderAction,
    OrderState,
    Reassign,
)

# What is possible, as people say it; everything else is not.
POSSIBLE = {
    OrderState.SCHEDULED: {OrderAction.OFFER, OrderAction.CANCEL, OrderAction.CANCEL_BY_DISPATCHER},
    OrderState.NO_NEARBY_DRIVER: {
        OrderAction.OFFER,
        OrderAction.RETRY,
        OrderAction.ASSIGN,
        OrderAction.CANCEL,
        OrderAction.CANCEL_BY_DISPATCHER,
    },
    OrderState.ASSIGNED: {
        OrderAction.ACCEPT,
        OrderAction.DECLINE,
        OrderAction.TIME_OUT,
        OrderAction.RELEASE,
        OrderAction.RELEASE_BY_DISPATCHER,
        OrderAction.ASSIGN,
        OrderAction.CANCEL,
        OrderAction.CANCEL_BY_DISPATCHER,
    },
    OrderState.ACCEPTED: {
        OrderAction.ARRIVE,
        OrderAction.RELEASE,
        OrderAction.RELEASE_BY_DISPATCHER,
        OrderAction.ASSIGN,
        OrderAction.CANCEL,
        OrderAction.CANCEL_BY_DISPATCHER,
    },
    OrderState.ARRIVED: {
        OrderAction.PICK_UP,
        OrderAction.RELEASE,
        OrderAction.RELEASE_BY_DISPATCHER,
        OrderAction.ASSIGN,
        OrderAction.CANCEL,
        OrderAction.CANCEL_BY_DISPATCHER,
    },
    OrderState.PICKED_UP: {
        OrderAction.DELIVER,
        OrderAction.DELIVER_BY_DISPATCHER,
        OrderAction.REPORT_UNDELIVERABLE,
        OrderAction.UNDELIVERABLE_BY_DISPATCHER,
        OrderAction.CANCEL_BY_DISPATCHER,
    },
    OrderState.UNDELIVERABLE: {
        OrderAction.RETURN,
        OrderAction.UNDELIVERABLE_BY_DISPATCHER,
        OrderAction.CANCEL_BY_DISPATCHER,
    },
}
JUST_MADE = {
    (OrderState.ACCEPTED, OrderAction.ACCEPT),
    (OrderState.ARRIVED, OrderAction.ARRIVE),
    (OrderState.PICKED_UP, OrderAction.PICK_UP),
    (OrderState.DELIVERED, OrderAction.DELIVER),
    (OrderState.DELIVERED, OrderAction.DELIVER_BY_DISPATCHER),
    (OrderState.UNDELIVERABLE, OrderAction.REPORT_UNDELIVERABLE),
    (OrderState.RETURNED, OrderAction.RETURN),
    (OrderState.CANCELED_BY_CUSTOMER, OrderAction.CANCEL),
    (OrderState.CANCELED_BY_DISPATCHER, OrderAction.CANCEL_BY_DISPATCHER),
}
ONLY_FREES_COURIER = {(OrderState.UNDELIVERABLE, OrderAction.UNDELIVERABLE_BY_DISPATCHER)}
INTERNAL = {OrderAction.TIME_OUT, OrderAction.OFFER}
WAY = [OrderAction.ACCEPT, OrderAction.ARRIVE, OrderAction.PICK_UP, OrderAction.DELIVER]
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
def test_a_step_that_is_possible_leads_somewhere_else_or_frees_the_courier(
    status: OrderState, step: OrderAction
) -> None:
    if ORDER.check(status, step) is TransitionCheck.ALLOWED:
        assert (ORDER.target(status, step) is status) == ((status, step) in ONLY_FREES_COURIER)
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


def test_a_delivery_is_active_from_the_offer_until_the_door() -> None:
    assert {OrderState.ASSIGNED, OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP} == ACTIVE
    assert {OrderState.UNDELIVERABLE} == IN_HAND - ACTIVE


def test_only_orders_without_a_courier_in_charge_free_one() -> None:
    assert set(OrderState) - IN_HAND - {OrderState.SCHEDULED} == FREES_COURIER
    assert {OrderState.NO_NEARBY_DRIVER} == FREES_COURIER - FINAL


def test_a_dispatcher_can_end_every_delivery_that_is_not_over() -> None:
    for status in OrderState:
        assert (OrderAction.CANCEL_BY_DISPATCHER in ORDER.allowed(status)) is (status not in FINAL)


def test_the_customer_sees_who_is_coming_from_the_accept_until_the_door() -> None:
    assert {OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP} == WITH_DRIVER


def test_what_is_picked_up_is_neither_released_nor_canceled_by_the_customer() -> None:
    by_people = {OrderAction.RELEASE, OrderAction.RELEASE_BY_DISPATCHER, OrderAction.ASSIGN, OrderAction.CANCEL}
    for status in (OrderState.PICKED_UP, OrderState.UNDELIVERABLE):
        assert not by_people & set(ORDER.allowed(status))


@pytest.mark.parametrize("status", list(OrderState))
def test_what_is_possible_is_told_in_one_order(status: OrderState) -> None:
    assert ORDER.allowed(status) == sorted(POSSIBLE.get(status, set()) - INTERNAL)


def visited(status: OrderState, tries: list[tuple[OrderAction, bool]]) -> list[OrderState]:
    """Return the states of a delivery; each try is a step and whether another courier is there to take over."""
    states = [status]
    for step, is_courier_free in tries:
        check = ORDER.check(status, step)
        assert check is not TransitionCheck.REPEATED or (status, step) in JUST_MADE
        if check is not TransitionCheck.ALLOWED:
            continue
        target = ORDER.target(status, step)
        if isinstance(target, OrderState):
            assert ORDER.check(target, step) is TransitionCheck.REPEATED
            status = target
        elif target is Reassign.TO_NEXT_COURIER and not is_courier_free:
            status = OrderState.NO_NEARBY_DRIVER
        else:
            status = OrderState.ASSIGNED
        states.append(status)
    return states


@given(
    st.sampled_from([OrderState.SCHEDULED, OrderState.ASSIGNED, OrderState.NO_NEARBY_DRIVER]),
    st.lists(st.tuples(st.sampled_from(list(OrderAction)), st.booleans()), max_size=20),
)
def test_whatever_is_tried_a_delivery_moves_only_as_it_may(
    status: OrderState, tries: list[tuple[OrderAction, bool]]
) -> None:
    states = visited(status, tries)
    way = [OrderState.ACCEPTED, OrderState.ARRIVED, OrderState.PICKED_UP]
    if OrderState.DELIVERED in states:
        assert states[-4:] == [*way, OrderState.DELIVERED]
    if OrderState.UNDELIVERABLE in states:
        at = states.index(OrderState.UNDELIVERABLE)
        assert states[at - 3 : at] == way
        assert set(states[at + 1 :]) <= {OrderState.RETURNED, OrderState.CANCELED_BY_DISPATCHER}
    assert not FINAL & set(states[:-1])
    assert OrderState.SCHEDULED not in states[1:]
