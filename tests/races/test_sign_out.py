"""Sixteen writers at once against the sign-out of couriers: no offer stays with somebody who is signed out."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from chalicelib.core.store import get
from chalicelib.dispatch.orders.rules import OrderState
from chalicelib.identity.sessions.tables import session_key
from tests.builders.dispatch import (
    duty,
    on_duty,
    order_body,
    report,
    step,
    stored_courier,
    stored_order,
    time_out,
)
from tests.builders.world import Person, World
from tests.races.crowd import at_once
from tests.races.truth import check_agreement, check_indexes

Call = Callable[[], object]
LAT, LNG = 52.37, 4.89


def end_session(courier: Person) -> None:
    assert courier.post("/v1/auth/logout").status == 204


def disable(admin: Person, courier: Person) -> None:
    assert admin.patch(f"/v1/users/{courier.user_id}", {"status": "DISABLED"}).status == 200


def placing(customer: Person, placed: list[str]) -> None:
    answer = customer.post("/v1/orders", order_body())
    assert answer.status == 201, answer
    placed.append(answer.json["order"]["id"])


def accepting(courier: Person, placed: Sequence[str]) -> None:
    for order_id in list(placed):
        assert step(courier, "accept", order_id).status in (200, 401, 403, 409)


def going_on_duty(courier: Person) -> None:
    for _ in range(3):
        assert courier.post("/v1/courier/availability", {"available": True}).status in (204, 401)


def moving(courier: Person) -> None:
    for number in range(3):
        position = {"latitude": LAT + number / 100, "longitude": LNG}
        assert courier.post("/v1/courier/location", position).status in (204, 401)


def has_session(courier: Person) -> bool:
    session = get(session_key(courier.org_id, courier.user_id, courier.session_id))
    return session is not None and session.ended_at is None


@pytest.mark.parametrize("is_disabled", [False, True])
def test_no_order_is_left_as_an_unanswered_offer_to_a_signed_out_courier(arena: World, is_disabled: bool) -> None:
    couriers, gone, placed = list[Person](), set[str](), list[str]()  # orders of earlier rounds wait for new couriers
    admin = arena.person("SYSTEM_ADMIN")
    for _ in range(3):
        leaving = [on_duty(arena.person("courier"), km=1) for _ in range(3)]
        staying = [on_duty(arena.person("courier"), km=3) for _ in range(2)]
        couriers += [*leaving, *staying]
        gone |= {courier.user_id for courier in leaving}
        placing(arena.person("customer"), placed)
        end = partial(disable, admin) if is_disabled else end_session
        leave: list[Call] = [partial(end, courier) for courier in leaving]
        calls: list[Call] = [partial(placing, arena.person("customer"), placed) for _ in range(6)]
        calls += [partial(accepting, one, placed) for one in leaving]
        calls += [partial(going_on_duty, one) for one in leaving]
        calls += [partial(moving, leaving[0])]
        at_once([*calls, *leave])
        check_agreement(couriers, placed)
        for courier in leaving:
            stored = stored_courier(courier)
            assert stored is not None
            assert not stored.available
            check_indexes(courier)
        offered = [one for one in map(stored_order, placed) if one.status == OrderState.ASSIGNED]
        assert not gone & {one.assigned_courier for one in offered}
        for courier in staying:
            duty(courier, available=False)


def test_offers_move_on_once_while_couriers_sign_out_and_offers_time_out(arena: World) -> None:
    couriers = [on_duty(arena.person("courier")) for _ in range(8)]
    placed: list[str] = []
    for _ in range(4):
        placing(arena.person("customer"), placed)
    arena.clock.advance(seconds=15)
    for courier in couriers:
        report(courier, LAT, LNG)
    calls: list[Call] = [partial(end_session, one) for one in couriers[:4]]
    at_once([*calls, arena.sweep, arena.sweep])
    check_agreement(couriers, placed)
    assert [has_session(courier) for courier in couriers] == [False] * 4 + [True] * 4
    gone = {courier.user_id for courier in couriers[:4]}
    assert not gone & {stored_order(order_id).assigned_courier for order_id in placed}
    time_out(arena)
    check_agreement(couriers, placed)
