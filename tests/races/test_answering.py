"""A courier's answer against everything that may happen to the offer at the same moment."""

from functools import partial

from msgspec.structs import replace

from chalicelib.core.settings import settings
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import cancel_order, duty, on_duty, order, step, stored_courier, stored_order
from tests.builders.mailboxes import mail
from tests.builders.world import Answer, Person, World
from tests.races.crowd import at_once, both
from tests.races.truth import check_agreement

ROUNDS = 8
ASSIGNED = "order.assigned"
LOST = [ASSIGNED, "order.assignment_timed_out", "order.reassigned_away"]


class Offer:
    """An order that a first courier has been offered, while a second one is free."""

    def __init__(self, world: World) -> None:
        world.reset_parts(replace(settings(), nearest_radius_m=3_000))  # a search that has not far to look is cheap
        self.first, self.second = on_duty(world.person("courier"), km=1), on_duty(world.person("courier"), km=2)
        self.customer = world.person("customer")
        self.order_id: str = order(self.customer)["id"]
        assert stored_order(self.order_id).assigned_courier == self.first.user_id

    def accept(self) -> Answer:
        """The first courier accepts."""
        return step(self.first, "accept", self.order_id)

    def decline(self) -> Answer:
        """The first courier declines."""
        return step(self.first, "decline", self.order_id)

    def cancel_order(self) -> Answer:
        """The customer cancels."""
        return cancel_order(self.customer, self.order_id)

    def told(self, person: Person) -> list[str]:
        """What somebody was told, orders' states by their name."""
        return [data["status"] if event == "order.status" else event for event, data in mail(person)]

    def finish(self) -> None:
        """Both sides must agree. The couriers leave, so that the next round is among others."""
        check_agreement([self.first, self.second], [self.order_id])
        if stored_order(self.order_id).status != "canceled_by_customer":
            assert self.cancel_order().status == 200
        for courier in (self.first, self.second):
            duty(courier, False)


def check_one_truth(offer: Offer, answer: Answer) -> None:
    """The courier's answer, the order and what everybody was told agree on who won."""
    stored = stored_order(offer.order_id)
    assert stored.version == 2
    if answer.status == 200:
        assert answer.json["status"] == stored.status == "accepted"
        assert stored.assigned_courier == offer.first.user_id
        assert (offer.told(offer.first), offer.told(offer.second)) == ([ASSIGNED], [])
        assert offer.told(offer.customer) == ["assigned", "accepted"]
    else:
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
        assert (stored.status, stored.assigned_courier) == ("assigned", offer.second.user_id)
        assert (offer.told(offer.first), offer.told(offer.second)) == (LOST, [ASSIGNED])
        assert offer.told(offer.customer) == ["assigned", "assigned"]


def test_accept_and_timeout_of_an_offer_exclude_each_other(arena: World) -> None:
    for _ in range(ROUNDS + ROUNDS // 2):
        offer = Offer(arena)
        arena.clock.advance(seconds=15)
        answer, _ = both(offer.accept, arena.sweep)
        check_one_truth(offer, answer)
        offer.finish()


def test_an_accept_just_before_the_sweep_commits_wins(arena: World, embedded: EmbeddedEngine) -> None:
    offer = Offer(arena)
    arena.clock.advance(seconds=15)
    answers: list[Answer] = []
    with embedded.before("TransactWriteItems", lambda *_: answers.append(offer.accept()), times=1):
        arena.sweep()
    assert [answer.status for answer in answers] == [200]
    check_one_truth(offer, answers[0])


def test_a_sweep_just_before_the_accept_commits_wins(arena: World, embedded: EmbeddedEngine) -> None:
    offer = Offer(arena)
    arena.clock.advance(seconds=15)
    with embedded.before("TransactWriteItems", lambda *_: arena.sweep(), times=1):
        answer = offer.accept()
    assert answer.status == 403
    check_one_truth(offer, answer)


def test_concurrent_accept_and_decline_exclude_each_other(arena: World) -> None:
    for _ in range(ROUNDS):
        offer = Offer(arena)
        accepted, declined = both(offer.accept, offer.decline)
        stored = stored_order(offer.order_id)
        assert sorted([accepted.status, declined.status]) in ([200, 403], [200, 409])
        if accepted.status == 200:
            assert (declined.status, stored.status, stored.assigned_courier) == (409, "accepted", offer.first.user_id)
            assert offer.told(offer.customer) == ["assigned", "accepted"]
        else:
            assert (accepted.status, stored.status, stored.assigned_courier) == (403, "assigned", offer.second.user_id)
            assert offer.told(offer.customer) == ["assigned", "declined", "assigned"]
        offer.finish()


def test_concurrent_accept_and_cancellation_stay_consistent(arena: World) -> None:
    for _ in range(ROUNDS):
        offer = Offer(arena)
        accepted, canceled = both(offer.accept, offer.cancel_order)
        assert canceled.status == 200
        assert stored_order(offer.order_id).status == "canceled_by_customer"
        assert offer.told(offer.first) == [ASSIGNED, "canceled_by_customer"]
        in_time = ["accepted"] if accepted.status == 200 else []
        assert offer.told(offer.customer) == ["assigned", *in_time, "canceled_by_customer"]
        assert accepted.status == 200 or accepted.code == "WORKFLOW_VIOLATION"
        offer.finish()


def test_accepting_eight_times_has_one_effect(arena: World) -> None:
    for _ in range(ROUNDS // 2):
        offer = Offer(arena)
        answers = at_once([offer.accept] * 8)
        assert [answer.status for answer in answers] == [200] * 8
        assert stored_order(offer.order_id).version == 2
        assert offer.told(offer.customer) == ["assigned", "accepted"]
        offer.finish()


def test_delivering_eight_times_releases_the_courier_once(arena: World) -> None:
    courier, customer = on_duty(arena.person("courier")), arena.person("customer")
    for _ in range(ROUNDS // 2):
        placed = order(customer)
        for action in ("accept", "arrived", "picked"):
            assert step(courier, action, placed["id"]).status == 200
        answers = at_once([partial(step, courier, "delivered", placed["id"])] * 8)
        assert [answer.status for answer in answers] == [200] * 8
        stored = stored_courier(courier)
        assert stored is not None
        assert stored.order_id is None
        assert stored_order(placed["id"]).version == 5
    statuses = [data["status"] for _, data in mail(customer)]
    assert statuses.count("delivered") == ROUNDS // 2
