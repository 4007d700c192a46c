"""What has to be true after every race, whoever won it."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from chalicelib.core.store import Query, get
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders.rules import ACTIVE, IN_HAND, OrderState
from chalicelib.dispatch.orders.tables import Order, customer_key, is_in_hand, waiting_area_key
from chalicelib.dispatch.orders.waiting import cell_of
from tests.builders.dispatch import stored_courier, stored_order
from tests.builders.mailboxes import mail
from tests.builders.world import DEMO, Person, World
from tests.races.seeds import DueOffer

_INDEX_KEYS = ("free_cell", "free_place", "idle_key")


def check_courier(courier: Courier) -> None:
    """The indexes have a courier exactly if they are free, and at the place where they were last."""
    free = courier.available and courier.order_id is None
    present = [getattr(courier, name) is not None for name in _INDEX_KEYS]
    assert present == [free] * 3, (courier.available, courier.order_id, present)
    if free and courier.home_cell is not None:
        shown = (courier.free_cell, courier.free_place, courier.idle_key)
        assert shown == (courier.home_cell, courier.home_place, courier.home_idle)


def check_indexes(courier: Person) -> None:
    """What the indexes answer agrees with what is stored of a courier."""
    stored = stored_courier(courier)
    assert stored is not None
    check_courier(stored)
    for index, hash_key in ((Courier.free_by_place, stored.free_cell), (Courier.idle_longest, stored.idle_key)):
        if hash_key is not None:
            found = Query(Courier, hash_key, index=index.Meta.index_name).read().items
            assert stored.pk in [item["pk"]["S"] for item in found]


def check_order(order: Order) -> None:
    """Whose an order is, its offer, its wait and its time fit its state, and so do the index keys of each."""
    is_offered, is_scheduled = order.status == OrderState.ASSIGNED, order.status == OrderState.SCHEDULED
    waits = order.status == OrderState.NO_NEARBY_DRIVER and order.waiting_until is not None
    if order.status in IN_HAND:
        assert order.assigned_courier is not None, order.status
    elif order.status in {OrderState.SCHEDULED, OrderState.NO_NEARBY_DRIVER}:
        assert order.assigned_courier is None, order.status
    assert [order.offer_expires_at is not None, order.offer_shard is not None] == [is_offered] * 2, order.status
    assert [order.waiting_until is not None, order.waiting_cell is not None] == [waits] * 2, order.status
    assert [order.due_at is not None, order.due_shard is not None] == [waits or is_scheduled] * 2, order.status
    assert order.due_at == (order.pickup_after if is_scheduled else order.waiting_until), order.status


def check_area(order: Order, until: datetime | None) -> None:
    """The area of a waiting order is known for as long as the order waits: a courier who is freed looks there."""
    if order.waiting_until is not None:
        assert until is not None, order.order_id
        assert until >= order.waiting_until, order.order_id


def expected_in_hand(orders: Iterable[Order]) -> dict[str | None, str]:
    """Who has which order in hand by the orders; of undeliverable ones only until a dispatcher frees the courier."""
    expected: dict[str | None, str] = {}
    for order in orders:
        if order.status in ACTIVE or (order.status == OrderState.UNDELIVERABLE and is_in_hand(order)):
            assert order.assigned_courier not in expected, f"courier {order.assigned_courier} has two orders"
            expected[order.assigned_courier] = order.order_id
    return expected


def check_agreement(couriers: Iterable[Person], order_ids: Iterable[str]) -> list[Order]:
    """Orders, couriers, customers and areas say the same of each other; the orders that somebody has in hand."""
    orders = [stored_order(order_id) for order_id in order_ids]
    for order in orders:
        check_order(order)
        area = get(waiting_area_key(order.org_id, cell_of(order)))
        check_area(order, None if area is None else area.until)
        customer = get(customer_key(order.org_id, order.customer_id))
        known = set() if customer is None else set(customer.active or ())
        assert (order.order_id in known) == (order.status in ACTIVE), order.status
    in_hand: dict[str, str] = {}
    for courier in couriers:
        stored = stored_courier(courier)
        if stored is not None:
            check_courier(stored)
            if stored.order_id is not None:
                in_hand[courier.user_id] = stored.order_id
    assert in_hand == expected_in_hand(orders)
    return [order for order in orders if order.order_id in set(in_hand.values())]


def check_handed_on_once(world: World, seeded: list[DueOffer]) -> None:
    """Every offer went to the courier beside it, once, and everybody heard of it once."""
    couriers = [person for one in seeded for person in (one.holder, one.spare)]
    active = check_agreement(couriers, [one.order_id for one in seeded])
    assert {(order.status, order.version) for order in active} == {("assigned", 2)}
    for one in seeded:
        assert [event for event, _ in mail(one.holder)] == ["order.assignment_timed_out", "order.reassigned_away"]
        assert [event for event, _ in mail(one.spare)] == ["order.assigned"]
        assert [data["status"] for _, data in mail(one.customer)] == ["assigned"]
    rows = Counter(row.entity_id for row in world.audit(DEMO) if row.action_type == "ORDER_TIMED_OUT")
    assert rows == {one.order_id: 1 for one in seeded}
