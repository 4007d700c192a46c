"""Many offers at once, written directly to the engine: the result of hundreds of requests."""

from dataclasses import dataclass
from datetime import timedelta

from chalicelib.dispatch.couriers import geo
from chalicelib.dispatch.couriers.tables import Courier, courier_key, free_cell, idle_key, idle_shard
from chalicelib.dispatch.orders.tables import Customer, Order, customer_key, list_values, offer_shard, order_key
from tests.builders.dispatch import east
from tests.builders.world import DEMO, Person, World


@dataclass(frozen=True, slots=True)
class DueOffer:
    """An expired offer: its courier, a free courier nearby, and its customer."""

    order_id: str
    holder: Person
    spare: Person
    customer: Person


def seed_due_offers(world: World, number: int, first: int = 0) -> list[DueOffer]:
    """Create offers a kilometre apart, each with one free courier nearby."""
    return [_seed(world, index) for index in range(first, first + number)]


def _nobody(world: World, user_id: str, role: str) -> Person:
    """A recipient of events, who is not signed in."""
    return Person(world, DEMO, user_id, role, "-", "-")


def _seed(world: World, index: int) -> DueOffer:
    lat, lng = east(index)
    holder, spare = _nobody(world, f"holder-{index}", "courier"), _nobody(world, f"spare-{index}", "courier")
    customer = _nobody(world, f"customer-{index}", "customer")
    seeded = DueOffer(f"order-{index}", holder, spare, customer)
    _order(world, seeded, lat, lng).save()
    customer_id = customer_key(DEMO, customer.user_id)
    Customer(customer_id.pk, customer_id.sk, active={seeded.order_id}).save()
    _courier(world, holder.user_id, lat, lng, seeded.order_id).save()
    _courier(world, spare.user_id, lat, lng, None).save()
    return seeded


def _order(world: World, seeded: DueOffer, lat: float, lng: float) -> Order:
    where, now = order_key(DEMO, seeded.order_id), world.clock.now()
    order = Order(
        where.pk,
        where.sk,
        order_id=seeded.order_id,
        org_id=DEMO,
        customer_id=seeded.customer.user_id,
        pickup_address="Here",
        pickup_lat=lat,
        pickup_lng=lng,
        dropoff_address="There",
        receiver_phone="1",
        assigned_courier=seeded.holder.user_id,
        offer_expires_at=now - timedelta(seconds=1),
        offer_shard=offer_shard(seeded.order_id),
        created_at=now,
        updated_at=now,
    )
    for name, value in list_values(order, "assigned").items():
        setattr(order, name, value)
    return order


def _courier(world: World, courier_id: str, lat: float, lng: float, order_id: str | None) -> Courier:
    where, now, place = courier_key(DEMO, courier_id), world.clock.now(), geo.encode(lat, lng)
    cell, idle = free_cell(DEMO, place, now), idle_key(DEMO, now, idle_shard(courier_id))
    free = order_id is None
    return Courier(
        where.pk,
        where.sk,
        courier_id=courier_id,
        org_id=DEMO,
        available=True,
        order_id=order_id,
        lat=lat,
        lng=lng,
        position_at=now,
        home_lat=lat,
        home_lng=lng,
        home_at=now,
        home_cell=cell,
        home_place=place,
        home_idle=idle,
        free_cell=cell if free else None,
        free_place=place if free else None,
        idle_key=idle if free else None,
        idle_since=now if free else None,
    )
