"""The check of the price that a customer was shown."""

from decimal import Decimal

from chalicelib.core.errors import ValidationFailed
from chalicelib.dispatch.tariffs.errors import PriceChanged
from chalicelib.dispatch.tariffs.rules import DEFAULT_KMH, Coordinates, Fares, estimate, has_changed
from chalicelib.dispatch.tariffs.tables import VehicleType


def fares_of(vehicle_type: VehicleType) -> Fares:
    """Return the fares of a vehicle type; those that it lacks are zero, and its speed the usual one."""
    return Fares(
        vehicle_type.base_fare,
        vehicle_type.per_km,
        vehicle_type.per_minute or Decimal(0),
        vehicle_type.minimum_fare or Decimal(0),
        vehicle_type.booking_fee or Decimal(0),
        vehicle_type.average_kmh or DEFAULT_KMH,
    )


def check_vehicle_type(vehicle_type_id: str | None, vehicle_type: VehicleType | None) -> None:
    """Raise `ValidationFailed` if an order names a vehicle type that does not exist."""
    if vehicle_type_id is not None and vehicle_type is None:
        raise ValidationFailed({"vehicle_type_id": "is not the id of a vehicle type"})


def check_price(
    estimated_cents: int | None,
    vehicle_type: VehicleType | None,
    pickup: Coordinates | None,
    dropoff: Coordinates | None,
) -> None:
    """Raise `PriceChanged` if a customer's price differs from the current one.

    An order without a price, a vehicle type or the coordinates of both places has nothing to compare.
    """
    if estimated_cents is None or vehicle_type is None or pickup is None or dropoff is None:
        return
    current = estimate(pickup, dropoff, fares_of(vehicle_type))
    if has_changed(estimated_cents, current.price_cents):
        price = {"price": current.price, "price_cents": current.price_cents}
        raise PriceChanged(details={"vehicle_type_id": vehicle_type.code, **price})
