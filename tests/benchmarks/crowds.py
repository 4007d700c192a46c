"""Large tables, written directly to the engine: free couriers all over a city, and past orders.

The items are what the models themselves make of the same attributes; only the way in is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from chalicelib.core.ids import SystemIds
from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.tables import Courier, courier_key, free_cell, idle_key, idle_shard
from chalicelib.dispatch.orders.tables import Order, list_keys, order_key, person_key
from tests.benchmarks.capacity import Item
from tests.benchmarks.metered import MeteredEngine
from tests.benchmarks.pricing import Place
from tests.builders import dispatch
from tests.builders.time import ManualClock

KM_PER_DEGREE = 111.2
ORG = "demo"


def somewhere(random_source: Random, city_km: float) -> tuple[float, float]:
    """Return a point in a square city of this width around the usual pickup."""
    north, east = (random_source.uniform(-city_km / 2, city_km / 2) for _ in range(2))
    return dispatch.east(east, dispatch.LAT + north / KM_PER_DEGREE)


def free_couriers(engine: MeteredEngine, clock: ManualClock, count: int, city_km: float) -> dict[Place, Item]:
    """Write free couriers on duty; return the items by key."""
    random_source, table = Random(count), Courier.Meta.table_name
    items = [
        _courier(clock, f"courier-{n:06d}-of-the-benchmark", somewhere(random_source, city_km)) for n in range(count)
    ]
    engine.fill(table, items)
    return {(table, item["pk"]["S"], item["sk"]["S"]): item for item in items}


def past_orders(engine: MeteredEngine, clock: ManualClock, count: int) -> None:
    """Write completed deliveries: ten per customer, in the lists of users and not active."""
    ids = SystemIds(clock)
    engine.fill(Order.Meta.table_name, list(_orders(clock, ids, count)))


def _courier(clock: ManualClock, courier_id: str, at: tuple[float, float]) -> Any:
    where, (lat, lng), now = courier_key(ORG, courier_id), at, clock.now()
    place = geo.encode(lat, lng)
    cell, idle = free_cell(ORG, place, now), idle_key(ORG, now, idle_shard(courier_id))
    return Courier(
        where.pk,
        where.sk,
        courier_id=courier_id,
        org_id=ORG,
        available=True,
        lat=lat,
        lng=lng,
        position_at=now,
        home_lat=lat,
        home_lng=lng,
        home_at=now,
        home_cell=cell,
        home_place=place,
        home_idle=idle,
        free_cell=cell,
        free_place=place,
        idle_key=idle,
        idle_since=now,
    ).serialize()


def _orders(clock: ManualClock, ids: SystemIds, count: int) -> Iterator[Item]:
    """Return copies of one stored order with other ids, which is ten times as fast as the model."""
    now = clock.now()
    pattern = Order(
        "",
        "ORDER",
        order_id="",
        org_id=ORG,
        customer_id="",
        status="delivered",
        pickup_address="Dam 1",
        dropoff_address="Amstel 2",
        receiver_phone="+31 20 555 0101",
        assigned_courier="",
        created_at=now,
        updated_at=now,
        customer_key="",
        courier_key="",
        listed_key="",
        status_key="",
        version=5,
    ).serialize()
    for number in range(count):
        order_id, customer, courier = ids.new(), f"customer-{number // 10}", f"courier-{number % 100}"
        own = {
            "pk": order_key(ORG, order_id).pk,
            "order_id": order_id,
            "customer_id": customer,
            "assigned_courier": courier,
            "customer_key": person_key(ORG, customer),
            "courier_key": person_key(ORG, courier),
            "listed_key": list_keys(ORG, None)[number % 4],
            "status_key": list_keys(ORG, "delivered")[number % 4],
        }
        yield {**pattern, **{name: {"S": value} for name, value in own.items()}}
