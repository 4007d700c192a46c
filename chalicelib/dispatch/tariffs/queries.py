"""The prices of a delivery with each vehicle type."""

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.store import Query
from chalicelib.dispatch.tariffs.rules import Coordinates, Estimate, estimate
from chalicelib.dispatch.tariffs.schemas import TariffQuery
from chalicelib.dispatch.tariffs.service import fares_of
from chalicelib.dispatch.tariffs.tables import VehicleType, vehicle_types_key

MAX_TARIFFS = 100


class PricedVehicleType(msgspec.Struct, frozen=True):
    """A vehicle type, and a delivery with it."""

    vehicle_type: VehicleType
    estimate: Estimate


def list_tariffs(actor: Actor, query: TariffQuery) -> list[PricedVehicleType]:
    """Return the price of a delivery with each vehicle type of the organisation, by their codes."""
    pickup, dropoff = Coordinates(query.pickup_lat, query.pickup_lng), Coordinates(query.dropoff_lat, query.dropoff_lng)
    types = Query(VehicleType, vehicle_types_key(actor.org_id)).page(MAX_TARIFFS).items
    return [PricedVehicleType(one, estimate(pickup, dropoff, fares_of(one))) for one in types]
