"""The price of a delivery, from the distance between its places and the fares of a vehicle type."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from chalicelib.dispatch.couriers.geo import great_circle_m

ROAD_FACTOR = Decimal("1.3")
"""How much longer the way by road is than the great circle."""

DEFAULT_KMH = Decimal(25)
"""The average speed of a vehicle type that has none of its own."""

_METRE = Decimal("0.001")
_TENTH = Decimal("0.1")
_CENT = Decimal("0.01")
_TOLERANCE = 50
"""A price may differ from the server's by one part in fifty of the server's, which is 2 %."""


class Coordinates(NamedTuple):
    """A point in degrees (WGS 84)."""

    lat: float
    lng: float


def place(lat: float | None, lng: float | None) -> Coordinates | None:
    """Return the point with these coordinates, or None if they are not given."""
    return None if lat is None or lng is None else Coordinates(lat, lng)


class Fares(NamedTuple):
    """What a vehicle type costs, in major units of the currency, and how fast it is."""

    base_fare: Decimal
    per_km: Decimal
    per_minute: Decimal = Decimal(0)
    minimum_fare: Decimal = Decimal(0)
    booking_fee: Decimal = Decimal(0)
    average_kmh: Decimal = DEFAULT_KMH


class Journey(NamedTuple):
    """The length of a way by road in kilometres, and the minutes that it takes."""

    distance_km: Decimal
    duration_min: Decimal


class Estimate(NamedTuple):
    """The way of a delivery in kilometres and minutes, and its price in major units, to the cent."""

    distance_km: Decimal
    duration_min: Decimal
    price: Decimal

    @property
    def price_cents(self) -> int:
        """Return the price in cents."""
        return int(self.price * 100)


def journey(stops: Sequence[Coordinates], average_kmh: Decimal = DEFAULT_KMH) -> Journey:
    """Return the way through these stops, its distance rounded to metres and its duration to tenths of a minute."""
    metres = sum(Decimal(repr(great_circle_m(*start, *end))) for start, end in pairwise(stops))
    distance = (metres * ROAD_FACTOR / 1000).quantize(_METRE, ROUND_HALF_UP)
    return Journey(distance, (distance / average_kmh * 60).quantize(_TENTH, ROUND_HALF_UP))


def estimate(pickup: Coordinates, dropoff: Coordinates, fares: Fares) -> Estimate:
    """Return the way and the price of a delivery.

    The price is calculated from the rounded distance and duration, so anybody can calculate it from what is shown.
    """
    distance, duration = journey((pickup, dropoff), fares.average_kmh)
    price = fares.base_fare + fares.per_km * distance + fares.per_minute * duration + fares.booking_fee
    return Estimate(distance, duration, max(fares.minimum_fare, price).quantize(_CENT, ROUND_HALF_UP))


def has_changed(estimated_cents: int, price_cents: int) -> bool:
    """Return whether a customer's price differs from the server's by more than 2 % of the server's."""
    return abs(estimated_cents - price_cents) * _TOLERANCE > price_cents
