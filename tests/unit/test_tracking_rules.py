"""When an order is probably delivered."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dispatch.orders.rules import WITH_DRIVER, OrderState
from chalicelib.dispatch.tariffs.rules import Coordinates, Fares, estimate, journey
from chalicelib.dispatch.tracking.rules import arrival_at, remaining_stops

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PICKUP, DROPOFF = Coordinates(52.37, 4.89), Coordinates(52.36, 4.91)
COURIER = Coordinates(52.40, 4.80)

places = st.builds(Coordinates, st.floats(-80, 80), st.floats(-179, 179))
speeds = st.decimals(1, 200, places=1)


def test_before_the_pickup_the_way_leads_through_it() -> None:
    for status in (OrderState.ACCEPTED, OrderState.ARRIVED):
        assert remaining_stops(status, PICKUP, DROPOFF) == (PICKUP, DROPOFF)
        assert remaining_stops(status, None, DROPOFF) is None
        assert remaining_stops(status, PICKUP, None) is None


def test_after_the_pickup_only_the_drop_off_counts() -> None:
    assert remaining_stops(OrderState.PICKED_UP, PICKUP, DROPOFF) == (DROPOFF,)
    assert remaining_stops(OrderState.PICKED_UP, None, DROPOFF) == (DROPOFF,)
    assert remaining_stops(OrderState.PICKED_UP, PICKUP, None) is None


@pytest.mark.parametrize("status", [state for state in OrderState if state not in WITH_DRIVER])
def test_an_order_without_a_courier_has_no_stops(status: OrderState) -> None:
    assert remaining_stops(status, PICKUP, DROPOFF) is None


def test_the_time_is_that_of_a_tariff_for_the_same_way() -> None:
    tariff = estimate(PICKUP, DROPOFF, Fares(Decimal(1), Decimal(1)))
    assert arrival_at(NOW, PICKUP, (DROPOFF,), None) == NOW + timedelta(minutes=float(tariff.duration_min))


def test_a_faster_vehicle_arrives_earlier() -> None:
    slow, fast = (arrival_at(NOW, COURIER, (PICKUP, DROPOFF), Decimal(kmh)) for kmh in (10, 50))
    assert NOW < fast < slow


@given(places, places, places, speeds)
def test_a_stop_on_the_way_never_saves_time(
    start: Coordinates, stop: Coordinates, end: Coordinates, kmh: Decimal
) -> None:
    direct, detour = arrival_at(NOW, start, (end,), kmh), arrival_at(NOW, start, (stop, end), kmh)
    assert direct <= detour + timedelta(minutes=0.1)


@given(places, places, places)
def test_a_way_is_as_long_as_its_parts(start: Coordinates, stop: Coordinates, end: Coordinates) -> None:
    parts = journey((start, stop)).distance_km + journey((stop, end)).distance_km
    assert abs(journey((start, stop, end)).distance_km - parts) <= Decimal("0.001")
