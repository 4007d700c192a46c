"""A dispatcher's decision against what the courier or the sweep does to the same order at the same moment."""

from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from chalicelib.core.settings import settings
from chalicelib.dispatch.orders.tables import Order
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import (
    assign_order,
    cancel_order,
    carried,
    decide,
    duty,
    on_duty,
    order,
    step,
    stored_courier,
    stored_order,
)
from tests.builders.mailboxes import mail
from tests.builders.world import Answer, Person, World
from tests.environment import examples
from tests.races.crowd import both
from tests.races.truth import check_agreement, check_indexes

ROUNDS = examples(200, everyday=1 / 40)

DECISIONS = ("assign", "release", "cancel")
RIVALS = {"accept": "assigned", "decline": "assigned", "time_out": "assigned", "picked": "arrived"}
"""What happens at the same moment as the decision, and the state in which the order is then."""


LATE_RIVALS = {"delivered": "picked_up", "undeliverable": "picked_up", "returned": "undeliverable"}
LATE_DECISIONS = {"undeliverable": "undeliverable", "deliver": "delivered", "cancel": "canceled_by_dispatcher"}
"""The same for goods that the courier has, and the state to which each decision leads."""
POSSIBLE_AFTER = {("undeliverable", "undeliverable"), ("cancel", "undeliverable"), ("deliver", "delivered")}
"""The decisions that are still possible, or change nothing, after what happens at the same moment."""


class Dispute:
    """An order of a first courier, while a second one is nearest to it and a third one is free."""

    def __init__(self, world: World, rival: str) -> None:
        world.reset_parts(replace(settings(), nearest_radius_m=5_000))
        self.world, self.rival = world, rival
        self.couriers = [on_duty(world.person("courier"), km=km) for km in (1, 2, 3)]
        self.first, self.second, self.third = self.couriers
        self.customer, self.dispatcher = world.person("customer"), world.person("dispatcher")
        self.order_id: str = order(self.customer)["id"]
        self.carry({**RIVALS, **LATE_RIVALS}[rival])
        self.heard_before = {person.user_id: len(mail(person)) for person in self.everybody}
        if rival == "time_out":
            world.clock.advance(seconds=15)

    def carry(self, state: str) -> None:
        """Let the first courier take the order as far as this state."""
        is_failed = state == "undeliverable"
        carried(self.first, {"id": self.order_id, "status": "assigned"}, "picked_up" if is_failed else state)
        if is_failed:
            assert step(self.first, "undeliverable", self.order_id).status == 200

    @property
    def everybody(self) -> list[Person]:
        return [self.customer, *self.couriers]

    @property
    def stored(self) -> Order:
        return stored_order(self.order_id)

    def decide(self, decision: str) -> Answer:
        """The dispatcher decides; `assign` names the third courier."""
        if decision == "assign":
            return assign_order(self.dispatcher, self.order_id, self.third)
        return decide(self.dispatcher, decision, self.order_id)

    def act(self) -> Answer | None:
        """The first courier, or the sweep, does what the decision races against."""
        if self.rival == "time_out":
            self.world.sweep()
            return None
        return step(self.first, self.rival, self.order_id)

    def heard(self, person: Person) -> list[str]:
        """What somebody was told meanwhile; changes of the status by the status."""
        told = mail(person)[self.heard_before[person.user_id] :]
        return [data["status"] if event == "order.status" else event for event, data in told]

    @property
    def was_passed_on(self) -> bool:
        """Whether the second courier already had the order when it was released, and lost it by that."""
        heard = self.heard(self.second)
        return self.rival in {"decline", "time_out"} and heard == ["order.assigned", "order.reassigned_away"]

    def finish(self) -> None:
        """Everybody leaves, so that the next round is among others."""
        if self.stored.status in {"assigned", "accepted", "arrived", "no_nearby_driver"}:
            assert cancel_order(self.customer, self.order_id).status == 200
        elif self.stored.status == "picked_up":
            assert step(self.first, "delivered", self.order_id).status == 200
        for courier in self.couriers:
            duty(courier, False)


def check_truth(dispute: Dispute, decision: str, decided: Answer, acted: Answer | None) -> None:
    """Order, couriers, answers and events agree on one outcome."""
    stored = dispute.stored
    check_agreement(dispute.couriers, [dispute.order_id])
    for courier in dispute.couriers:
        check_indexes(courier)
    if dispute.rival == "picked" and acted is not None and acted.status == 200 and decision != "cancel":
        assert (decided.status, decided.code) == (409, "WORKFLOW_VIOLATION")
        assert (stored.status, stored.assigned_courier) == ("picked_up", dispute.first.user_id)
    else:
        assert decided.status == 200, decided
        check_decision(dispute, decision, stored)
    if acted is not None:
        assert acted.status == 200 or acted.code in {"ACCESS_DENIED", "WORKFLOW_VIOLATION"}
    check_events(dispute, stored)


def check_decision(dispute: Dispute, decision: str, stored: Order) -> None:
    """What was decided holds, whichever came first."""
    if decision == "cancel":
        assert stored.status == "canceled_by_dispatcher"
    else:
        assert stored.status == "assigned"
        is_third = decision == "assign" or dispute.was_passed_on
        assert stored.assigned_courier == (dispute.third if is_third else dispute.second).user_id


def check_events(dispute: Dispute, stored: Order) -> None:
    """The last word of every mailbox is the truth."""
    assert dispute.heard(dispute.customer)[-1] == stored.status
    for courier in dispute.couriers:
        heard = dispute.heard(courier)
        if courier.user_id == stored.assigned_courier:
            told_last = {"assigned": ["order.assigned"], "picked_up": []}.get(stored.status, [stored.status])
            assert heard[-1:] == told_last
        elif heard:
            assert heard[-1] == "order.reassigned_away"


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_and_a_step_of_the_same_moment_have_one_outcome(arena: World, decision: str, rival: str) -> None:
    for _ in range(ROUNDS):
        dispute = Dispute(arena, rival)
        decided, acted = both(partial(dispute.decide, decision), dispute.act)
        check_truth(dispute, decision, decided, acted)
        dispute.finish()


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_step_just_before_the_decision_commits_is_respected(
    arena: World, embedded: EmbeddedEngine, decision: str, rival: str
) -> None:
    dispute = Dispute(arena, rival)
    acted: list[Answer | None] = []
    with embedded.before("TransactWriteItems", lambda *_: acted.append(dispute.act()), times=1):
        decided = dispute.decide(decision)
    check_truth(dispute, decision, decided, acted[0])


@pytest.mark.parametrize("rival", RIVALS)
@pytest.mark.parametrize("decision", DECISIONS)
def test_a_decision_just_before_the_step_commits_wins(
    arena: World, embedded: EmbeddedEngine, decision: str, rival: str
) -> None:
    dispute = Dispute(arena, rival)
    decided: list[Answer] = []
    with embedded.before("TransactWriteItems", lambda *_: decided.append(dispute.decide(decision)), times=1):
        acted = dispute.act()
    check_truth(dispute, decision, decided[0], acted)
    if acted is not None:
        assert acted.status in {403, 409}


def check_late_truth(dispute: Dispute, decision: str, decided: Answer, acted: Answer | None) -> None:
    """One outcome that was answered to somebody, which everybody heard once, and the courier is free."""
    assert acted is not None
    stored, states = (
        dispute.stored,
        {"delivered": "delivered", "undeliverable": "undeliverable", "returned": "returned"},
    )
    answers = [(decided, LATE_DECISIONS[decision]), (acted, states[dispute.rival])]
    assert {answer.status for answer, _ in answers} <= {200, 409}
    assert stored.status in {state for answer, state in answers if answer.status == 200}
    check_agreement(dispute.couriers, [dispute.order_id])
    for courier in dispute.couriers:
        check_indexes(courier)
    first = stored_courier(dispute.first)
    assert first is not None
    is_kept = stored.status == "undeliverable" and decided.status != 200
    assert first.order_id == (dispute.order_id if is_kept else None)
    heard = dispute.heard(dispute.customer)
    assert (heard[-1], len(heard)) == (stored.status, len(set(heard)))
    assert dispute.heard(dispute.first) in ([], [LATE_DECISIONS[decision]])


@pytest.mark.parametrize("rival", LATE_RIVALS)
@pytest.mark.parametrize("decision", LATE_DECISIONS)
def test_a_decision_about_goods_that_the_courier_has_frees_the_courier_once(
    arena: World, decision: str, rival: str
) -> None:
    for _ in range(ROUNDS):
        dispute = Dispute(arena, rival)
        decided, acted = both(partial(dispute.decide, decision), dispute.act)
        check_late_truth(dispute, decision, decided, acted)
        if dispute.stored.status == "undeliverable" and decided.status != 200:
            assert dispute.decide("undeliverable").status == 200
        dispute.finish()


@pytest.mark.parametrize("rival", LATE_RIVALS)
@pytest.mark.parametrize("decision", LATE_DECISIONS)
def test_a_late_step_just_before_the_decision_commits_is_respected(
    arena: World, embedded: EmbeddedEngine, decision: str, rival: str
) -> None:
    dispute = Dispute(arena, rival)
    acted: list[Answer | None] = []
    with embedded.before("TransactWriteItems", lambda *_: acted.append(dispute.act()), times=1):
        decided = dispute.decide(decision)
    if acted:  # without a commit the state did not allow the decision
        check_late_truth(dispute, decision, decided, acted[0])
    assert (decided.status == 200) == ((decision, rival) in POSSIBLE_AFTER)


def meanwhile(arena: World, embedded: EmbeddedEngine, act: Callable[[Dispute], None]) -> tuple[Dispute, Answer]:
    """Let the dispatcher choose the third courier while something happens to that courier."""
    dispute = Dispute(arena, "accept")
    with embedded.before("TransactWriteItems", lambda *_: act(dispute), times=1):
        return dispute, dispute.decide("assign")


def test_a_chosen_courier_who_leaves_at_the_same_moment_is_not_given_the_order(
    arena: World, embedded: EmbeddedEngine
) -> None:
    dispute, answer = meanwhile(arena, embedded, lambda dispute: duty(dispute.third, False))
    assert (answer.status, answer.code) == (409, "COURIER_OFF_DUTY")
    assert (dispute.stored.version, dispute.stored.assigned_courier) == (1, dispute.first.user_id)


def test_a_chosen_courier_who_gets_another_order_at_the_same_moment_is_not_given_a_second(
    arena: World, embedded: EmbeddedEngine
) -> None:
    def give_another(dispute: Dispute) -> None:
        other = order(arena.person("customer"), pickup_lat=0.0, pickup_lng=0.0)
        assert assign_order(dispute.dispatcher, other["id"], dispute.third).status == 200

    dispute, answer = meanwhile(arena, embedded, give_another)
    assert (answer.status, answer.code) == (409, "COURIER_BUSY")
    assert (dispute.stored.version, dispute.stored.assigned_courier) == (1, dispute.first.user_id)
