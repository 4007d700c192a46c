"""What has to be true after every race, whoever won it."""

from collections import Counter
from collections.abc import Iterable

from chalicelib.core.store import Query
from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders.rules import ACTIVE
from chalicelib.dispatch.orders.tables import Order
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
    for index, hash_key in ((Courier.free_by_cell, stored.free_cell), (Courier.idle, stored.idle_key)):
        if hash_key is not None:
            found = Query(Courier, hash_key, index=index.Meta.index_name).read().items
            assert stored.pk in [item["pk"]["S"] for item in found]


def check_agreement(couriers: Iterable[Person], order_ids: Iterable[str]) -> list[Order]:
    """Orders and couriers say the same of each other; the orders that somebody has in hand."""
    orders = [stored_order(order_id) for order_id in order_ids]
    active = [order for order in orders if order.status in ACTIVE]
    in_hand = {}
    for courier in couriers:
        stored = stored_courier(courier)
        if stored is not None:
            check_courier(stored)
            if stored.order_id is not None:
                in_hand[courier.user_id] = stored.order_id
    assert in_hand == {order.assigned_courier: order.order_id for order in active}
    assert len(in_hand) == len(active)
    return active


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
