"""Prices: from the great circle to cents."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.dispatch.couriers.geo import great_circle_m
from chalicelib.dispatch.tariffs.rules import Coordinates, Estimate, Fares, estimate, has_changed

AMSTERDAM, UTRECHT = Coordinates(52.37, 4.89), Coordinates(52.09, 5.12)

places = st.builds(Coordinates, st.floats(-90, 90), st.floats(-180, 180))
money = st.decimals(0, 1000, places=2)
fares = st.builds(
    Fares, money, money, money, money, money, average_kmh=st.decimals(1, 200, places=1).filter(lambda speed: speed > 0)
)


def test_the_price_adds_base_fare_distance_duration_and_booking_fee() -> None:
    bike = Fares(Decimal("2.5"), Decimal("0.9"), Decimal("0.1"), Decimal(4), Decimal("0.5"), Decimal(15))
    priced = estimate(AMSTERDAM, UTRECHT, bike)
    distance = round(Decimal(great_circle_m(*AMSTERDAM, *UTRECHT)) * Decimal("1.3") / 1000, 3)
    assert priced.distance_km == distance
    assert priced.duration_min == round(distance / 15 * 60, 1)
    expected = Decimal("2.5") + Decimal("0.9") * distance + Decimal("0.1") * priced.duration_min + Decimal("0.5")
    assert abs(priced.price - expected) <= Decimal("0.005")
    assert priced.price_cents == priced.price * 100


def test_the_usual_speed_is_25_km_an_hour() -> None:
    priced = estimate(AMSTERDAM, UTRECHT, Fares(Decimal(0), Decimal(0), Decimal(1)))
    assert priced.duration_min == round(priced.distance_km / 25 * 60, 1)
    assert priced.price == priced.duration_min


def test_a_delivery_to_the_same_place_costs_the_minimum_fare() -> None:
    cheap = Fares(Decimal(1), Decimal(9), Decimal(9), minimum_fare=Decimal(4))
    assert estimate(AMSTERDAM, AMSTERDAM, cheap) == Estimate(Decimal("0.000"), Decimal("0.0"), Decimal("4.00"))


def test_half_a_cent_is_rounded_up() -> None:
    assert estimate(AMSTERDAM, AMSTERDAM, Fares(Decimal("1.005"), Decimal(0))).price_cents == 101


@given(places, places, fares)
def test_the_price_is_at_least_the_minimum_fare_and_the_fixed_part(
    pickup: Coordinates, dropoff: Coordinates, given: Fares
) -> None:
    priced = estimate(pickup, dropoff, given)
    assert priced.price >= given.minimum_fare
    assert priced.price >= given.base_fare + given.booking_fee
    assert priced.price_cents == priced.price * 100


@given(places, places, fares)
def test_the_way_back_costs_the_same_within_a_metre(pickup: Coordinates, dropoff: Coordinates, given: Fares) -> None:
    there, back = estimate(pickup, dropoff, given), estimate(dropoff, pickup, given)
    assert abs(there.distance_km - back.distance_km) <= Decimal("0.001")


@given(places, places, fares)
def test_the_price_follows_from_the_distance_and_duration_that_are_shown(
    pickup: Coordinates, dropoff: Coordinates, given: Fares
) -> None:
    priced = estimate(pickup, dropoff, given)
    sum_of_parts = (
        given.base_fare + given.per_km * priced.distance_km + given.per_minute * priced.duration_min + given.booking_fee
    )
    assert abs(priced.price - max(given.minimum_fare, sum_of_parts)) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("estimated", "current", "changed"),
    [
        (1000, 1000, False),
        (1020, 1000, False),
        (980, 1000, False),
        (1021, 1000, True),
        (979, 1000, True),
        (0, 0, False),
        (1, 0, True),
        (0, 1, True),
    ],
)
def test_a_difference_of_two_percent_is_no_change_and_more_is(estimated: int, current: int, changed: bool) -> None:
    assert has_changed(estimated, current) is changed


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_limit_is_two_percent_of_the_current_price(estimated: int, current: int) -> None:
    assert has_changed(estimated, current) is (abs(Decimal(estimated - current)) > Decimal(current) * 2 / 100)
