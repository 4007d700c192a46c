"""The same races between processes, as between Lambda functions, without shared memory."""

import json
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from infra.local.engine_server import engine_process
from tests.builders.dispatch import on_duty
from tests.builders.mailboxes import mail
from tests.builders.notices import check_count
from tests.builders.reminders import SOON, ZONE, in_hand, told
from tests.builders.world import World
from tests.environment import examples
from tests.races.clocks import racing_clock
from tests.races.engines import emptied, named_engine, pointed_at
from tests.races.seeds import seed_due_offers
from tests.races.truth import check_agreement, check_handed_on_once
from tests.races.workers import Crew, crew, place_one_order, place_orders, remind, sweep

pytestmark = pytest.mark.xdist_group("engine-server")


@pytest.fixture(scope="module")
def processes() -> Iterator[Crew]:
    """Four processes, and this one, on one engine."""
    with ExitStack() as opened:
        opened.enter_context(pointed_at(named_engine() or opened.enter_context(engine_process())))
        yield opened.enter_context(crew(4))


@pytest.fixture
def shared(processes: Crew) -> World:
    """A world on the engine that all processes share."""
    emptied()
    return World(randbits=secrets.randbits, clock=racing_clock())


def test_orders_from_four_processes_never_share_a_courier(shared: World, processes: Crew) -> None:
    couriers = [on_duty(shared.person("courier"), km=number / 10) for number in range(8)]
    customers = [shared.person("customer") for _ in range(32)]
    tokens = [customer.token for customer in customers]
    parts = [tokens[number :: processes.size] for number in range(processes.size)]
    answers = processes.race(place_orders, parts, now=shared.clock.now(), radius_m=1_000)
    flat = [answer for answers_of_one in answers for answer in answers_of_one]
    assert {status for status, _ in flat} == {201}
    placed = [json.loads(text) for _, text in flat]
    assert Counter(one["order"]["status"] for one in placed) == {"assigned": 8, "no_nearby_driver": 24}
    assigned = [one["assigned_courier_id"] for one in placed if "assigned_courier_id" in one]
    assert sorted(assigned) == sorted(courier.user_id for courier in couriers)
    check_agreement(couriers, [one["order"]["id"] for one in placed])
    assert [[event for event, _ in mail(courier)] for courier in couriers] == [["order.assigned"]] * 8


def test_sweeps_of_four_processes_hand_each_offer_on_once(shared: World, processes: Crew) -> None:
    offers = examples(200, everyday=1 / 4)
    seeded = seed_due_offers(shared, offers)
    names = [f"sweep-{number}" for number in range(processes.size)]
    sweeps = processes.race(sweep, names, now=shared.clock.now(), radius_m=10)
    total = sum(sweeps, Counter[str]())
    assert (total["REASSIGNED"], total["EXHAUSTED"], total["FAILED"]) == (offers, 0, 0)
    check_handed_on_once(shared, seeded)


def test_sweeps_of_four_processes_tell_each_due_date_once(shared: World, processes: Crew) -> None:
    techs = [shared.person("TECH", game_zone=ZONE) for _ in range(5)]
    due_at = shared.clock.now() + SOON
    orders = [in_hand(shared, techs[number % 5], due_at) for number in range(examples(100, everyday=1 / 4))]
    names = [f"sweep-{number}" for number in range(processes.size)]
    total = sum(processes.race(remind, names, now=shared.clock.now(), radius_m=10), Counter[str]())
    assert (total["DUE_SOON"], total["OVERDUE"], total["FAILED"]) == (len(orders), 0, 0)
    assert Counter(one for tech in techs for one in told(tech)) == Counter(("WO_DUE_SOON", one) for one in orders)
    assert [check_count(tech) for tech in techs] == [len(orders) // 5] * 5


def test_copies_of_one_order_from_four_processes_are_one_order(shared: World, processes: Crew) -> None:
    courier, customer = on_duty(shared.person("courier")), shared.person("customer")
    copies = [(customer.token, number) for number in (3, 3, 2, 2)]
    answers = processes.race(place_one_order, copies, now=shared.clock.now(), radius_m=1_000)
    flat = [answer for answers_of_one in answers for answer in answers_of_one]
    assert [status for status, _ in flat] == [201] * 10
    assert len({text for _, text in flat}) == 1
    assert len(customer.get("/v1/customer/orders/history").json["orders"]) == 1
    assert len(mail(courier)) == len(mail(customer)) == 1
