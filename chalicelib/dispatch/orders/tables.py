"""The table of orders and its indexes."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, IncludeProjection

from chalicelib.core.hourly_counts import HourlyCount, HourlyCounts
from chalicelib.core.sharding import Shards
from chalicelib.core.store import ItemKey
from chalicelib.core.table import (
    DecimalAttribute,
    Entity,
    ExpiryAttribute,
    FloatAttribute,
    IntAttribute,
    Item,
    MomentAttribute,
    index,
    key,
    optional,
    stored_in,
)
from chalicelib.dispatch.orders.rules import ACTIVE
from chalicelib.dispatch.tariffs.rules import Coordinates, place

OFFER_SHARDS = Shards(8)
DUE_SHARDS = Shards(4)
LIST_SHARDS = Shards(4)
_UNDER_WAY = "UNDER_WAY"


class Order(Entity):
    """An order."""

    Meta = stored_in("dispatch")
    kind = "order"
    unaudited = frozenset(
        {
            "org_id",
            "customer_key",
            "courier_key",
            "active_courier_key",
            "listed_key",
            "status_key",
            "offer_shard",
            "waiting_cell",
            "due_shard",
            "due_at",
            "updated_at",
            "delivery_pin",
            "tried",
            "average_kmh",
        }
    )

    order_id = UnicodeAttribute()
    org_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    status = UnicodeAttribute()
    pickup_address = UnicodeAttribute()
    pickup_lat = optional(FloatAttribute())
    pickup_lng = optional(FloatAttribute())
    dropoff_address = UnicodeAttribute()
    dropoff_lat = optional(FloatAttribute())
    dropoff_lng = optional(FloatAttribute())
    receiver_phone = UnicodeAttribute()
    notes = optional(UnicodeAttribute())
    vehicle_type_id = optional(UnicodeAttribute())
    estimated_price_cents = optional(IntAttribute())
    average_kmh = optional(DecimalAttribute())
    """The speed of the vehicle type when the order was created, if it has one of its own."""
    requires_photo = optional(BooleanAttribute())
    delivery_pin = optional(UnicodeAttribute())
    """The PIN that proves the delivery, if the order requires one. Only the customer reads it."""
    assigned_courier = optional(UnicodeAttribute())
    driver_name = optional(UnicodeAttribute())
    driver_phone = optional(UnicodeAttribute())
    driver_picture = optional(UnicodeAttribute())
    tried = optional(UnicodeSetAttribute())
    declined_by = optional(UnicodeSetAttribute())
    released_by = optional(UnicodeSetAttribute(attr_name="handed_back_by"))
    offer_expires_at = optional(MomentAttribute())
    offer_shard = optional(UnicodeAttribute())
    pickup_after = optional(MomentAttribute())
    failure_reason = optional(UnicodeAttribute())
    failure_note = optional(UnicodeAttribute())
    failed_at = optional(MomentAttribute())
    dispatcher_reason = optional(UnicodeAttribute())
    """Why a dispatcher last released, canceled or delivered the order, or reported it as undeliverable."""
    waiting_until = optional(MomentAttribute())
    waiting_cell = optional(UnicodeAttribute())
    due_shard = optional(UnicodeAttribute())
    due_at = optional(MomentAttribute())
    created_at = MomentAttribute()
    updated_at = MomentAttribute()

    customer_key = optional(UnicodeAttribute())
    courier_key = optional(UnicodeAttribute())
    active_courier_key = optional(UnicodeAttribute())
    """Only of orders that version 0.2.0 offered: their courier has them in hand, whatever `courier_key` is."""
    by_customer = index(AllProjection(), customer_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """A customer's orders in the order of their creation, except those under way, which `Customer` names."""
    by_courier = index(AllProjection(), courier_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """The orders that a courier had; `Courier` names the one in hand."""
    listed_key = optional(UnicodeAttribute())
    status_key = optional(UnicodeAttribute())
    listed = index(AllProjection(), listed_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """All orders of an organisation, in the order of their creation: those under way, and all others, each in shards.
    It is the only list that the steps of a delivery have to write."""
    by_status = index(AllProjection(), status_key=UnicodeAttribute, order_id=UnicodeAttribute)
    """The orders of an organisation in one state, except those under way, in the order of their creation, in shards."""
    offers_due = index(
        IncludeProjection(["org_id", "order_id"]), offer_shard=UnicodeAttribute, offer_expires_at=MomentAttribute
    )
    """Offers by the time at which they expire, in shards, because all organisations share them."""
    waiting = index(
        IncludeProjection(["pickup_lat", "pickup_lng", "tried"]),
        waiting_cell=UnicodeAttribute,
        order_id=UnicodeAttribute,
    )
    """Orders that wait for a courier, oldest first, partitioned by the coarse cell of their pickup."""
    due = index(
        IncludeProjection(["org_id", "order_id", "pickup_lat", "pickup_lng", "tried"]),
        due_shard=UnicodeAttribute,
        due_at=MomentAttribute,
    )
    """Orders that wait, by the end of their wait, and scheduled ones, by the time at which they are offered, each in
    shards, because all organisations share them."""

    @property
    def pickup(self) -> Coordinates | None:
        """Return where the order is picked up, if its coordinates are known."""
        return place(self.pickup_lat, self.pickup_lng)

    @property
    def dropoff(self) -> Coordinates | None:
        """Return where the order is delivered, if its coordinates are known."""
        return place(self.dropoff_lat, self.dropoff_lng)


class Customer(Item):
    """The ids of a customer's active orders, changed with each order that becomes active or is no longer."""

    Meta = stored_in("dispatch")
    kind = "customer"

    active = optional(UnicodeSetAttribute())


class WaitingArea(Item):
    """A coarse cell in which orders of an organisation may wait: none waits there after `until`.

    A courier who is free again reads these few items, consistently, instead of an index that is usually empty.
    """

    Meta = stored_in("dispatch")
    kind = "waiting_area"

    until = MomentAttribute()
    expires_at = ExpiryAttribute()


class OrderHourlyCount(HourlyCount):
    """How many orders were created and ended in each hour, by their final states."""

    Meta = stored_in("dispatch")


ORDER_HOURS = HourlyCounts(OrderHourlyCount)
"""The counts `created`, `no_nearby_driver`, `undeliverable`, and those by the final states."""


def order_key(org_id: str, order_id: str) -> ItemKey[Order]:
    """Return the key of an order."""
    return ItemKey(Order, key(org_id, "ORDER", order_id), "ORDER")


def person_key(org_id: str, user_id: str) -> str:
    """Return the index key of a person's orders, as customer or as courier."""
    return key(org_id, "PERSON", user_id)


def list_values(order: Order, status: str) -> dict[str, object]:
    """Return the attributes of an order that depend on its state: the state itself, and the lists that show the order.

    An order of version 0.2.0 that is under way stays in its customer's list, since `Customer` does not name it.
    """
    under_way = status in ACTIVE
    values: dict[str, object] = {"status": status, "listed_key": _shard(order, *([_UNDER_WAY] if under_way else []))}
    if not under_way:
        customer = person_key(order.org_id, order.customer_id)
        return {**values, "status_key": _shard(order, status), "customer_key": customer}
    return {**values, "status_key": None, **({} if order.status in ACTIVE else {"customer_key": None})}


def list_keys(org_id: str, status: str | None) -> list[str]:
    """Return the shards of `listed` that hold an organisation's orders in this state (None: in any).

    Those of a state that is not under way are in `by_status`.
    """
    if status is None:
        return [*LIST_SHARDS.keys(org_id, "ORDERS"), *LIST_SHARDS.keys(org_id, "ORDERS", _UNDER_WAY)]
    return LIST_SHARDS.keys(org_id, "ORDERS", _UNDER_WAY if status in ACTIVE else status)


def is_in_hand(order: Order) -> bool:
    """Return whether a courier has the order in hand; they may not have an undeliverable one any more."""
    return order.assigned_courier is not None and (order.courier_key is None or order.active_courier_key is not None)


def _shard(order: Order, *prefix: str) -> str:
    return LIST_SHARDS.key_of(order.order_id, order.org_id, "ORDERS", *prefix)


def offer_shard(order_id: str) -> str:
    """Return the shard of the due offers that holds an order."""
    return OFFER_SHARDS.key_of(order_id, "OFFERS")


def customer_key(org_id: str, user_id: str) -> ItemKey[Customer]:
    """Return the key of a customer's active orders."""
    return ItemKey(Customer, key(org_id, "CUSTOMER", user_id), "CUSTOMER")


def waiting_area_key(org_id: str, cell: str) -> ItemKey[WaitingArea]:
    """Return the key of an area of waiting orders."""
    return ItemKey(WaitingArea, waiting_areas(org_id), cell)


def waiting_areas(org_id: str) -> str:
    """Return the partition of an organisation's areas of waiting orders."""
    return key(org_id, "WAITING")


def waiting_cell(org_id: str, cell: str) -> str:
    """Return the index key of the orders that wait in a coarse cell."""
    return key(org_id, "WAITING", cell)
