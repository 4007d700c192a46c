"""The endpoint of tariffs, and the import of vehicle types."""

from collections.abc import Sequence

from chalicelib.dispatch import permissions
from chalicelib.dispatch.tariffs import queries, views
from chalicelib.dispatch.tariffs.imports import VEHICLE_TYPES
from chalicelib.dispatch.tariffs.schemas import TariffList, TariffQuery
from chalicelib.edge.imports import importing
from chalicelib.edge.request import Empty, Request
from chalicelib.edge.routes import Routes

routes = Routes(__name__, "Courier dispatch")

_TARIFF = {
    "vehicle_type_id": "bike",
    "code": "bike",
    "name": "Bicycle",
    "distance_km": 3.5,
    "duration_min": 14,
    "price": 7.55,
    "price_cents": 755,
}


@routes.get(
    "/v1/orders/tariffs",
    permission=permissions.CREATE,
    query=TariffQuery,
    returns=TariffList,
    view=views.tariff_list_view,
    examples={"response": {"tariffs": [_TARIFF]}},
)
def list_tariffs(request: Request[Empty, TariffQuery]) -> Sequence[queries.PricedVehicleType]:
    """Get the price of a delivery with each vehicle type.

    The price is the base fare plus distance and duration at their rates plus the booking fee, but at least the minimum
    fare.
    """
    return queries.list_tariffs(request.actor, request.query)


importing(routes, VEHICLE_TYPES)
