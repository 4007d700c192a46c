"""Requests and responses of tariffs."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from chalicelib.edge.types import Latitude, Longitude


class TariffQuery(msgspec.Struct, frozen=True):
    """The places of a delivery."""

    pickup_lat: Latitude
    """Degrees north of the pickup (WGS 84)."""
    pickup_lng: Longitude
    """Degrees east of the pickup (WGS 84)."""
    dropoff_lat: Latitude
    """Degrees north of the drop-off (WGS 84)."""
    dropoff_lng: Longitude
    """Degrees east of the drop-off (WGS 84)."""


class Tariff(msgspec.Struct, frozen=True):
    """The price of a delivery with one vehicle type."""

    vehicle_type_id: str
    """The id of the vehicle type; send it with the order."""
    code: str
    """The code of the vehicle type in the organisation's own systems."""
    name: str
    """The name of the vehicle type."""
    distance_km: Decimal
    """The distance by road in kilometres, to the metre: the great circle times 1.3."""
    duration_min: Decimal
    """The duration of the ride in minutes, to the tenth, at the average speed of the vehicle type."""
    price: Decimal
    """The price in major units of the currency, to the cent."""
    price_cents: int
    """The same price in cents; send it with the order as `estimated_price_cents`."""


class TariffList(msgspec.Struct, frozen=True):
    """The price of a delivery with each vehicle type."""

    tariffs: Sequence[Tariff]
    """One entry for each of the first 100 vehicle types, by their codes; empty if the organisation has none."""
