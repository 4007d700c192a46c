"""Random deliveries: whatever people, the sweep and the clock do, these things stay true after every step."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from chalicelib.dispatch.couriers.tables import Courier
from chalicelib.dispatch.orders.tables import Order
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    NOWHERE,
    STEPS,
    cancel_order,
    duty,
    east,
    on_duty,
    order,
    report,
    step,
    stored_courier,
    stored_order,
    told,
)
from tests.builders.founding import fresh_world
from tests.builders.mailboxes import is_pending, log_of, queued
from tests.environment import examples

ACTIVE = ("assigned", "accepted", "arrived", "picked_up")
LEADS_FROM = dict(zip(STEPS, ACTIVE, strict=True))
GIVES_UP = {"decline": ("assigned",), "cancel": ("assigned", "accepted", "arrived")}
WAITED = [("order.status", "no_nearby_driver"), ("order.status", "assigned")]
Heard = dict[tuple[str, str], list[tuple[str, str | None]]]
"""What was said, as `(person, order) -> [(event, status)]`."""

one_of_three, one_of_two, any_order = st.integers(0, 2), st.integers(0, 1), st.integers(0, 99)


class Dispatch(RuleBasedStateMachine):
    """Three couriers and two customers, all with a socket open."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        super().__init__()
        self.world = fresh_world(engine)
        self.couriers = [self.world.person("courier") for _ in range(3)]
        self.customers = [self.world.person("customer") for _ in range(2)]
        self.sockets = {person.user_id: person.socket() for person in (*self.couriers, *self.customers)}
        self.orders: dict[str, Order] = {}
        self.total_heard: dict[str, int] = defaultdict(int)
        for courier, km in zip(self.couriers, (1, 2, None), strict=True):
            on_duty(courier, km=km)

    # --- what people do ----------------------------------------------------------------------------------------

    @rule(customer=one_of_two, placed=st.booleans())
    def somebody_orders(self, customer: int, placed: bool) -> None:
        free = self.free_couriers()
        new = order(self.customers[customer], **({} if placed else NOWHERE))
        chosen = new.get("assigned_courier")
        assert chosen in free or (chosen is None and (placed or not free))
        self.orders[new["id"]] = stored_order(new["id"])
        self.expect(self.outcome(self.orders[new["id"]]))

    @rule(courier=one_of_three, available=st.sampled_from([True, True, False]))
    def somebody_goes_on_or_off_duty(self, courier: int, available: bool) -> None:
        person = self.couriers[courier]
        offers = [one for one in self.in_hand() if one.status == "assigned" and one.assigned_courier == person.user_id]
        duty(person, available)
        if offers and not available:
            self.expect_given_up("decline", offers[0])
        else:
            self.expect({})

    @rule(courier=one_of_three, km=st.sampled_from([0, 1, 9, 20]))
    def somebody_says_where_they_are(self, courier: int, km: float) -> None:
        report(self.couriers[courier], *east(km))
        self.expect({})

    @precondition(lambda self: self.in_hand())
    @rule(number=any_order, action=st.sampled_from(["next", "next", "next", "decline", "cancel"]))
    def a_courier_goes_on_with_an_order_or_gives_it_up(self, number: int, action: str) -> None:
        at_hand = self.in_hand()
        chosen = at_hand[number % len(at_hand)]
        courier = [courier.user_id for courier in self.couriers].index(str(chosen.assigned_courier))
        following = next(step for step, state in LEADS_FROM.items() if state == chosen.status)
        self.take_step(following if action == "next" else action, courier, chosen)

    @precondition(lambda self: self.orders)
    @rule(number=any_order, courier=one_of_three, action=st.sampled_from([*STEPS, "decline", "cancel"]))
    def any_courier_tries_any_step(self, number: int, courier: int, action: str) -> None:
        self.take_step(action, courier, list(self.orders.values())[number % len(self.orders)])

    @precondition(lambda self: self.orders)
    @rule(number=any_order)
    def a_customer_calls_an_order_off(self, number: int) -> None:
        chosen = list(self.orders.values())[number % len(self.orders)]
        customer = next(one for one in self.customers if one.user_id == chosen.customer_id)
        answer = cancel_order(customer, chosen.order_id)
        possible = chosen.status in (*GIVES_UP["cancel"], "no_nearby_driver")
        assert answer.status == (200 if possible or chosen.status == "canceled_by_customer" else 409)
        told = [user_id for user_id in (chosen.customer_id, chosen.assigned_courier) if user_id and possible]
        self.expect({(user_id, chosen.order_id): [("order.status", "canceled_by_customer")] for user_id in told})

    @rule(seconds=st.sampled_from([0.001, 5, 15, 15, 15, 301]))
    def time_passes_and_the_sweep(self, seconds: float) -> None:
        self.world.clock.advance(seconds=seconds)
        before, now = dict(self.orders), self.world.clock.now()
        self.world.sweep()
        expected: Heard = {}
        for order_id, was in before.items():
            if was.status == "assigned" and was.offer_expires_at is not None and was.offer_expires_at <= now:
                after = stored_order(order_id)
                is_offered = after.status == "assigned" and after.version == was.version + 1
                gone = "order.reassigned_away" if is_offered else "order.no_nearby_driver"
                expected[str(was.assigned_courier), order_id] = [("order.assignment_timed_out", None), (gone, None)]
                expected |= self.outcome(after, waited=after.version > was.version + 1)
        self.expect(expected)

    # --- what follows ------------------------------------------------------------------------------------------

    def take_step(self, action: str, courier: int, was: Order) -> None:
        """Somebody tries a step; what should come of it is said here once more, in other words than the code's."""
        person = self.couriers[courier]
        answer = step(person, action, was.order_id)
        mine = was.assigned_courier == person.user_id
        if mine and action in GIVES_UP and was.status in GIVES_UP[action]:
            assert answer.status == 200
            self.expect_given_up(action, was)
        elif mine and LEADS_FROM.get(action) == was.status:
            assert (answer.status, answer.json["status"]) == (200, STEPS[action])
            self.expect({(was.customer_id, was.order_id): [("order.status", STEPS[action])]})
        elif mine:
            assert answer.status == (200 if STEPS.get(action) == was.status else 409)
            self.expect({})
        else:
            gave_up = {"decline": was.declined_by, "cancel": was.released_by}.get(action) or ()
            assert answer.status == (200 if person.user_id in gave_up else 403)
            self.expect({})

    def expect_given_up(self, action: str, was: Order) -> None:
        """The order goes to somebody who never had it, or to nobody."""
        after = stored_order(was.order_id)
        assert after.assigned_courier not in {*(was.tried or ()), was.assigned_courier}
        expected = self.outcome(after, waited=after.version > was.version + 1)
        if action == "decline":
            expected[was.customer_id, was.order_id].insert(0, ("order.status", "declined"))
        self.expect(expected)

    def outcome(self, after: Order, *, waited: bool = False) -> Heard:
        """What is said when an order went on to somebody, or to nobody; `waited`: first to nobody, then to somebody."""
        first = [("order.status", "no_nearby_driver")] if waited else []
        expected: Heard = {(after.customer_id, after.order_id): [*first, ("order.status", after.status)]}
        if after.assigned_courier is not None:
            expected[after.assigned_courier, after.order_id] = [("order.assigned", None)]
        return expected

    def expect(self, expected: Heard) -> None:
        """Everybody has heard exactly this, and of orders that waited; each order is one version further by change."""
        for order_id, was in self.orders.items():
            now = stored_order(order_id)
            if was.status == "no_nearby_driver" and now.status == "assigned":
                expected |= self.outcome(now)
        heard: Heard = defaultdict(list)
        for user_id, socket in self.sockets.items():
            for event, data in told(self.world, socket):
                self.total_heard[user_id] += 1
                if event != "courier.off_duty":
                    heard[user_id, data["order_id"]].append((event, data.get("status")))
        assert heard == expected
        for order_id, was in self.orders.items():
            now = stored_order(order_id)
            waited = was.status in ACTIVE and expected.get((was.customer_id, order_id), [])[-2:] == WAITED
            assert now.version == was.version + (attributes(now) != attributes(was)) + waited
            self.orders[order_id] = now
        self.look_at_lists()
        self.look_at_mailboxes()

    def in_hand(self) -> list[Order]:
        """Orders that some courier has."""
        return [one for one in self.orders.values() if one.status in ACTIVE]

    def free_couriers(self) -> set[str]:
        """Who may be offered an order now, if they are near."""
        known = [stored_courier(courier) for courier in self.couriers]
        oldest = self.world.clock.now().timestamp() - 300
        return {
            one.courier_id
            for one in known
            if one is not None
            and one.available
            and one.order_id is None
            and (one.position_at is None or one.position_at.timestamp() >= oldest)
        }

    # --- what stays true ---------------------------------------------------------------------------------------

    @invariant()
    def couriers_and_orders_agree(self) -> None:
        known = [one for one in map(stored_courier, self.couriers) if one is not None]
        by_order = {one.order_id: one.assigned_courier for one in self.in_hand()}
        by_courier = {one.order_id: one.courier_id for one in known if one.order_id}
        assert by_order == by_courier
        assert len(set(by_order.values())) == len(by_order)
        for one in known:
            free = one.available and one.order_id is None
            assert [key is not None for key in (one.free_cell, one.free_place, one.idle_key)] == [free] * 3
            assert not free or (one.idle_since is not None and one.home_cell in {None, one.free_cell})
            assert not free or one.home_idle in {None, one.idle_key}

    def look_at_lists(self) -> None:
        """What is active is what people see."""
        active = sorted((one.order_id for one in self.in_hand()), reverse=True)
        for customer in self.customers:
            mine = [one for one in active if self.orders[one].customer_id == customer.user_id]
            assert [one["id"] for one in customer.get("/v1/customer/active-orders").json["orders"]] == mine
        for courier in self.couriers:
            seen = courier.get("/v1/courier/active-order").json.get("order", {})
            mine = [one for one in active if self.orders[one].assigned_courier == courier.user_id]
            assert [seen[name] for name in ("id",) if name in seen] == mine

    def look_at_mailboxes(self) -> None:
        """Everything that was said has arrived, once."""
        for person in (*self.couriers, *self.customers):
            assert len(log_of(person)) == self.total_heard[person.user_id]
            assert not queued(person)
            assert not is_pending(person)


def attributes(item: Order | Courier) -> dict[str, Any]:
    """All that is stored of something."""
    stored: Callable[[], dict[str, Any]] = item.serialize
    return stored()


def test_whatever_happens_couriers_orders_lists_and_sockets_agree(engine: EmbeddedEngine) -> None:
    class Here(Dispatch):
        def __init__(self) -> None:
            super().__init__(engine)

    run_state_machine_as_test(Here, settings=settings(max_examples=examples(8, everyday=1 / 4), stateful_step_count=40))
