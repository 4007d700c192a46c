"""Tariffs as clients read them."""

from collections.abc import Sequence

from chalicelib.dispatch.tariffs.queries import PricedVehicleType
from chalicelib.dispatch.tariffs.schemas import Tariff, TariffList


def tariff_list_view(priced: Sequence[PricedVehicleType]) -> TariffList:
    """Return the price of a delivery with each vehicle type."""
    return TariffList([_tariff(one) for one in priced])


def _tariff(priced: PricedVehicleType) -> Tariff:
    vehicle_type, estimate = priced.vehicle_type, priced.estimate
    return Tariff(
        vehicle_type_id=vehicle_type.code,
        code=vehicle_type.code,
        name=vehicle_type.name,
        distance_km=estimate.distance_km,
        duration_min=estimate.duration_min,
        price=estimate.price,
        price_cents=estimate.price_cents,
    )
