"""The endpoints of courier dispatch: placing an order, the steps of couriers and dispatchers, and the lists.

Each situation has an organisation of its own, whose id is as long as that of a real one: it is in every key, so it
counts for the units.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache, partial
from random import Random
from uuid import NAMESPACE_URL, uuid5

from chalicelib.core.clock import iso
from tests.benchmarks.scenarios_photos import PROVEN
from tests.benchmarks.stage import Hit, Scenario, Stage
from tests.builders import dispatch
from tests.builders.world import Person

COURIERS = 40
KM_PER_DEGREE = 111.2
EARLIER = 25
TRACKING_LINK = "/v1/orders/{order_id}/tracking-link"


def _customer(stage: Stage) -> Person:
    return stage.person("customer", full_name="Casey Customer")


def _near(stage: Stage, count: int = 1) -> list[Person]:
    """Couriers with sockets, the nearest first, and others all over the city."""
    random_source = Random(1)
    for _ in range(COURIERS):
        north, east = (random_source.choice((-1, 1)) * random_source.uniform(2, 15) for _ in range(2))
        lat, lng = dispatch.east(east, dispatch.LAT + north / KM_PER_DEGREE)
        dispatch.on_duty(stage.world.person("courier"), lat, lng)
    return [dispatch.on_duty(stage.person("courier"), km=(number + 1) / 2) for number in range(count)]


def _place(stage: Stage, *, couriers: int, key: str | None = None) -> Hit:
    customer = _customer(stage)
    if couriers:
        _near(stage, couriers)
    headers = {"idempotency-key": key} if key else {}
    return Hit("POST", "/v1/orders", customer, dispatch.order_body(), headers=headers, status=201)


def _replayed(stage: Stage) -> Hit:
    hit = _place(stage, couriers=1, key="a-key")
    stage.answer(hit.event(), 201)
    return hit


def _fleet(stage: Stage) -> Person:
    """A customer of an organisation with three vehicle types."""
    records = [{"code": code, "name": code, "base_fare": 3, "per_km": 1.5} for code in ("bike", "car", "van")]
    answer = stage.world.person("dispatcher").post("/v1/imports/vehicle-types", {"records": records})
    assert answer.status == 200, answer
    return _customer(stage)


def _tariffs(stage: Stage) -> Hit:
    (pickup_lat, pickup_lng), (dropoff_lat, dropoff_lng) = (dispatch.LAT, dispatch.LNG), dispatch.DROPOFF
    places = {
        "pickup_lat": str(pickup_lat),
        "pickup_lng": str(pickup_lng),
        "dropoff_lat": str(dropoff_lat),
        "dropoff_lng": str(dropoff_lng),
    }
    return Hit("GET", "/v1/orders/tariffs", _fleet(stage), query=places)


def _place_priced(stage: Stage) -> Hit:
    customer = _fleet(stage)
    _near(stage)
    body = dispatch.order_body(vehicle_type_id="bike", estimated_price_cents=642)
    return Hit("POST", "/v1/orders", customer, body, status=201)


def _step(stage: Stage, action: str, state: str) -> Hit:
    """A courier's step on a delivery in the state `state`, with a second courier nearby."""
    couriers = _near(stage, 2)
    placed = dispatch.order(_customer(stage))
    dispatch.carried(couriers[0], placed, until=state)
    body = {"order_id": placed["id"], "courier_id": couriers[0].user_id}
    if action == "returned":
        dispatch.step(couriers[0], "undeliverable", placed["id"])
    if action == "undeliverable":
        body["reason"] = "Nobody opens the door."
    return Hit("POST", f"/v1/courier/orders/{action}", couriers[0], body)


def _decide(stage: Stage, action: str, state: str) -> Hit:
    """A dispatcher's step on a delivery in the state `state`, with a second courier nearby."""
    couriers = _near(stage, 2)
    placed = dispatch.carried(couriers[0], dispatch.order(_customer(stage)), until=state)
    body = {"courier_id": couriers[1].user_id} if action == "assign" else {"reason": "The courier is ill."}
    path = f"/v1/orders/{{order_id}}/{action}"
    return Hit("POST", path, stage.world.person("dispatcher"), body, params={"order_id": placed["id"]})


def _call_off(stage: Stage) -> Hit:
    [courier] = _near(stage)
    customer = _customer(stage)
    placed = dispatch.order(customer)
    dispatch.carried(courier, placed, until="accepted")
    return Hit("POST", "/v1/customer/orders/cancel", customer, {"order_id": placed["id"]})


@cache
def _past(stage: Stage) -> tuple[Person, Person, str]:
    """A customer and a courier with completed deliveries and an active one; returns its id."""
    [courier] = _near(stage)
    customer = _customer(stage)
    for _ in range(EARLIER):
        dispatch.carried(courier, dispatch.order(customer))
    current = dispatch.carried(courier, dispatch.order(customer), until="accepted")
    return customer, courier, current["id"]


def _read(stage: Stage, path: str, *, as_courier: bool = False) -> Hit:
    customer, courier, order_id = _past(stage)
    params = {"order_id": order_id} if "{" in path else {}
    return Hit("GET", path, courier if as_courier else customer, params=params)


def _overview(stage: Stage) -> Hit:
    """The sections of all domains; that of dispatch has orders."""
    _past(stage)
    return Hit("GET", "/v1/overview", stage.world.person("SYSTEM_ADMIN"))


def _retry(stage: Stage) -> Hit:
    """An order that found no courier, and one who is near enough since the radius is wider."""
    customer = _customer(stage)
    dispatch.on_duty(stage.person("courier"), km=14)
    placed = dispatch.order(customer)
    answer = stage.world.person("SYSTEM_ADMIN").put("/v1/organisation/settings/dispatch", {"radius_m": 15_000})
    assert answer.status == 200, answer
    return Hit("POST", "/v1/customer/orders/retry", customer, {"order_id": placed["id"]})


def _dispatcher(stage: Stage, path: str, **query: str) -> Hit:
    """A list that a dispatcher reads."""
    _past(stage)
    return Hit("GET", path, stage.world.person("dispatcher"), query=query)


def _reading(name: str, path: str, *, as_courier: bool = False, trips: int | None = None) -> Scenario:
    return Scenario(name, partial(_read, path=path, as_courier=as_courier), situation="a past", trips=trips)


def _carried(stage: Stage) -> tuple[Person, dict[str, str]]:
    """The customer of an order that its courier has picked up, and the path parameters of the order."""
    customer = _customer(stage)
    [courier] = _near(stage)
    return customer, {"order_id": dispatch.carried(courier, dispatch.order(customer), "picked_up")["id"]}


def _share(stage: Stage) -> Hit:
    customer, params = _carried(stage)
    return Hit("POST", TRACKING_LINK, customer, params=params, status=201)


def _revoke(stage: Stage) -> Hit:
    customer, params = _carried(stage)
    dispatch.share(customer, params["order_id"])
    return Hit("DELETE", TRACKING_LINK, customer, params=params, status=204)


def _track(stage: Stage) -> Hit:
    customer, params = _carried(stage)
    return Hit("GET", "/v1/track/{token}", params={"token": dispatch.share(customer, params["order_id"])})


def _duty(stage: Stage, *, available: bool) -> Hit:
    courier = stage.person("courier")
    dispatch.on_duty(courier)
    if available:
        dispatch.duty(courier, available=False)
    return Hit("POST", "/v1/courier/availability", courier, {"available": available}, status=204)


def _location(stage: Stage, *, busy: bool) -> Hit:
    [courier] = _near(stage)
    if busy:
        dispatch.order(_customer(stage))
    body = {"latitude": 52.371, "longitude": 4.895, "accuracy": 12.5}
    return Hit("POST", "/v1/courier/location", courier, body, status=204)


def _settings(stage: Stage, method: str) -> Hit:
    admin, body = stage.world.person("SYSTEM_ADMIN"), {"waiting_minutes": 20} if method == "PUT" else None
    return Hit(method, "/v1/organisation/settings/dispatch", admin, body)


def _import_vehicle_type(stage: Stage) -> Hit:
    dispatcher = stage.world.person("dispatcher")
    records = [{"code": "bike", "name": "Bike", "base_fare": 3, "per_km": 1.5}]
    return Hit("POST", "/v1/imports/vehicle-types", dispatcher, {"records": records})


def _schedule(stage: Stage) -> Hit:
    customer = _customer(stage)
    at = iso(stage.world.clock.now() + timedelta(hours=2))
    return Hit("POST", "/v1/orders", customer, dispatch.order_body(pickup_after=at), status=201)


def _in_organisation(scenario: Scenario) -> Scenario:
    return replace(scenario, org_id=str(uuid5(NAMESPACE_URL, scenario.situation or scenario.name)))


_SCENARIOS = [
    Scenario("POST /v1/orders", partial(_place, couriers=1)),
    Scenario("POST /v1/orders, nobody free", partial(_place, couriers=0), trips=5),
    Scenario("POST /v1/orders, with a key", partial(_place, couriers=1, key="a-key")),
    Scenario("POST /v1/orders, replayed", _replayed),
    Scenario("POST /v1/orders, with a price", _place_priced),
    Scenario("POST /v1/orders, scheduled", _schedule),
    Scenario("GET orders/tariffs", _tariffs),
    Scenario("POST imports/vehicle-types", _import_vehicle_type, trips=4),
    Scenario("GET organisation/settings/dispatch", partial(_settings, method="GET")),
    Scenario("PUT organisation/settings/dispatch", partial(_settings, method="PUT")),
    _reading("GET /v1/orders/{id}", "/v1/orders/{order_id}"),
    _reading("GET /v1/orders/{id}/timeline", "/v1/orders/{order_id}/timeline"),
    Scenario("POST orders/{id}/tracking-link", _share),
    Scenario("DELETE orders/{id}/tracking-link", _revoke),
    Scenario("GET track/{token}", _track),
    Scenario("POST courier/availability, on", partial(_duty, available=True)),
    Scenario("POST courier/availability, off", partial(_duty, available=False)),
    Scenario("POST courier/location, free", partial(_location, busy=False)),
    Scenario("POST courier/location, busy", partial(_location, busy=True)),
    Scenario("POST courier/orders/accept", partial(_step, action="accept", state="assigned")),
    Scenario("POST courier/orders/decline", partial(_step, action="decline", state="assigned")),
    Scenario("POST courier/orders/arrived", partial(_step, action="arrived", state="accepted")),
    Scenario("POST courier/orders/picked", partial(_step, action="picked", state="arrived")),
    Scenario("POST courier/orders/delivered", partial(_step, action="delivered", state="picked_up")),
    Scenario("POST courier/orders/cancel", partial(_step, action="cancel", state="accepted")),
    Scenario("POST courier/orders/undeliverable", partial(_step, action="undeliverable", state="picked_up")),
    Scenario("POST courier/orders/returned", partial(_step, action="returned", state="picked_up")),
    Scenario("POST orders/assign", partial(_decide, action="assign", state="accepted")),
    Scenario("POST orders/release", partial(_decide, action="release", state="accepted")),
    Scenario("POST orders/cancel", partial(_decide, action="cancel", state="picked_up")),
    Scenario("POST orders/undeliverable", partial(_decide, action="undeliverable", state="picked_up")),
    Scenario("POST orders/deliver", partial(_decide, action="deliver", state="picked_up")),
    Scenario("POST customer/orders/cancel", _call_off),
    _reading("GET courier/availability", "/v1/courier/availability", as_courier=True),
    Scenario("POST customer/orders/retry", _retry),
    Scenario("GET overview", _overview, situation="a past"),
    Scenario("GET orders", partial(_dispatcher, path="/v1/orders"), situation="a past"),
    Scenario("GET orders?status=", partial(_dispatcher, path="/v1/orders", status="delivered"), situation="a past"),
    Scenario("GET couriers", partial(_dispatcher, path="/v1/couriers"), situation="a past"),
    Scenario("GET couriers?near=", partial(_dispatcher, path="/v1/couriers", near="52.37,4.89"), trips=3),
    # The courier, whose position is shown, is known from the order.
    _reading("GET customer/active-order", "/v1/customer/active-order", trips=3),
    _reading("GET customer/active-orders", "/v1/customer/active-orders", trips=3),
    _reading("GET customer/orders/history", "/v1/customer/orders/history"),
    _reading("GET courier/active-order", "/v1/courier/active-order", as_courier=True),
    _reading("GET courier/orders/history", "/v1/courier/orders/history", as_courier=True),
    *(Scenario(name, prepare, outside, trips=trips) for name, prepare, outside, trips in PROVEN),
]

DISPATCH = [_in_organisation(scenario) for scenario in _SCENARIOS]
