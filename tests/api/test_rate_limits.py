"""Limits of requests per caller and per organisation, over several processes that share one store."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.core.errors import RateLimited
from chalicelib.core.settings import Settings, settings
from chalicelib.edge.rate_limits import CALLER_SHARE, ORG_SHARE, RateLimits
from chalicelib.identity.sessions.tokens import Claims, signer
from infra.local.engine import EmbeddedEngine
from tests.builders.time import ManualClock
from tests.builders.world import OTHER, Person, World
from tests.races.crowd import at_once

RATE, BURST, ORG_RATE, ORG_BURST = 50, 100, 200, 400
LIMITS = replace(settings(), caller_rate=RATE, caller_burst=BURST, org_rate=ORG_RATE, org_burst=ORG_BURST)
MINE = "/v1/customer/active-order"


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


def processes(clock: ManualClock, number: int, config: Settings = LIMITS) -> list[RateLimits]:
    """The limits as several processes know them."""
    return [RateLimits(config, clock) for _ in range(number)]


def allowed(process: RateLimits, user_id: str = "anna", org_id: str = "demo") -> bool:
    """Send a request to a process, and return whether it is within the limits."""
    try:
        process.read(org_id, user_id, [])
    except RateLimited:
        return False
    process.count(org_id, user_id)
    return True


def total(fleet: Sequence[RateLimits], requests: int, user_id: str = "anna") -> int:
    """Return how many requests are allowed that reach the processes in turn."""
    return sum(allowed(fleet[number % len(fleet)], user_id) for number in range(requests))


def limited(world: World) -> World:
    """The world with the limits of production."""
    world.reset_parts(LIMITS)
    return world


# --- requests ----------------------------------------------------------------------------------------------------


def test_a_caller_beyond_the_burst_is_429_until_the_window_ends(world: World) -> None:
    anna = world.person("customer")
    limited(world)
    answers = [anna.get(MINE) for _ in range(BURST + 5)]
    assert [answer.status for answer in answers] == [200] * BURST + [429] * 5
    assert (answers[-1].code, answers[-1].headers["Retry-After"]) == ("RATE_LIMITED", "1")
    assert world.person("customer").get(MINE).status == 200
    world.clock.advance(seconds=2)
    assert anna.get(MINE).status == 200


def test_the_sessions_of_a_person_share_one_limit(world: World) -> None:
    anna = world.person("customer")
    phone = world.signed_in(anna.org_id, anna.user_id, anna.role)
    limited(world)
    assert [anna.get(MINE).status for _ in range(BURST)] == [200] * BURST
    assert phone.get(MINE).status == 429


def test_an_organisation_beyond_its_burst_is_429_and_others_are_not(world: World) -> None:
    people = [world.person("customer") for _ in range(5)]
    other = world.person("customer", OTHER)
    limited(world)
    statuses = [person.get(MINE).status for person in people for _ in range(BURST - 10)]
    assert statuses == [200] * ORG_BURST + [429] * (len(statuses) - ORG_BURST)
    assert other.get(MINE).status == 200


def test_a_limited_request_has_no_effect_and_no_audit_row(world: World) -> None:
    anna = world.person("customer")
    limited(world)
    for _ in range(BURST):
        anna.get(MINE)
    before = len(world.audit())
    assert anna.post("/v1/orders", {}).status == 429
    assert len(world.audit()) == before


def test_callers_who_are_not_authenticated_use_up_no_limit(world: World) -> None:
    anna = world.person("customer")
    ended = signer(settings(), world.clock).sign(Claims(anna.org_id, anna.user_id, anna.role, "no-such-session"))
    limited(world)
    for token in (ended, f"baton_demo.{anna.user_id}.customer.{'x' * 43}"):
        assert {world.call("GET", MINE, token=token).status for _ in range(2 * ORG_BURST)} == {401}
    assert anna.get(MINE).status == 200


def test_public_routes_have_no_such_limit(world: World) -> None:
    limited(world)
    assert {world.call("GET", "/health").status for _ in range(2 * BURST)} == {200}


def test_a_request_is_answered_while_its_limit_cannot_be_counted(
    world: World, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = world.person("customer")
    limited(world)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    engine.fail_next("UpdateItem", "ProvisionedThroughputExceededException", 1000)
    assert [anna.get(MINE).status for _ in range(BURST)] == [200] * BURST


# --- what it costs -----------------------------------------------------------------------------------------------


def writes(engine: EmbeddedEngine) -> list[str]:
    """Collect the writes from now on."""
    seen: list[str] = []
    engine.before("UpdateItem", lambda operation, _: seen.append(operation))
    return seen


def test_a_caller_below_a_tenth_of_the_limit_causes_no_write(world: World, engine: EmbeddedEngine) -> None:
    anna = world.person("customer")
    limited(world)
    seen = writes(engine)
    for _ in range(10):
        for _ in range(BURST // CALLER_SHARE):
            assert anna.get(MINE).status == 200
        world.clock.advance(seconds=BURST / RATE)
    assert seen == []


def test_a_burst_causes_a_write_for_a_third_of_its_requests_at_most(engine: EmbeddedEngine, clock: ManualClock) -> None:
    seen = writes(engine)
    assert total(processes(clock, 1, replace(LIMITS, org_burst=10**6)), BURST) == BURST
    assert 0 < len(seen) <= BURST / 3


def test_refused_requests_cause_no_write(engine: EmbeddedEngine, clock: ManualClock) -> None:
    fleet = processes(clock, 1)
    total(fleet, BURST)
    seen = writes(engine)
    assert total(fleet, 1000) == 0
    assert seen == []


def test_a_report_is_made_beside_the_batch_read(world: World, engine: EmbeddedEngine) -> None:
    anna: Person = world.person("customer")
    limited(world)
    for _ in range(BURST // CALLER_SHARE + 1):
        anna.get(MINE)
    calls: list[str] = []
    engine.before(None, lambda operation, _: calls.append(operation))
    anna.get(MINE)
    assert sorted(calls[:2]) == ["BatchGetItem", "UpdateItem"]


# --- several processes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 5, 20])
def test_processes_exceed_the_limit_of_a_caller_by_a_tenth_each_at_most(
    engine: EmbeddedEngine, clock: ManualClock, number: int
) -> None:
    fleet = processes(clock, number)
    for _ in range(3):
        assert BURST <= total(fleet, 5 * BURST) <= BURST + (number - 1) * BURST // CALLER_SHARE
        clock.advance(seconds=BURST / RATE)


@pytest.mark.parametrize("number", [1, 5, 20])
def test_processes_exceed_the_limit_of_an_organisation_by_a_twenty_fifth_each_at_most(
    engine: EmbeddedEngine, clock: ManualClock, number: int
) -> None:
    fleet = processes(clock, number)
    people = [f"person-{one}" for one in range(20)]
    served = sum(total(fleet, 40, person) for person in people)
    assert ORG_BURST <= served <= ORG_BURST + (number - 1) * ORG_BURST // ORG_SHARE


@pytest.mark.parametrize("number", [5, 20])
def test_processes_that_know_of_a_full_window_keep_the_limit_in_the_next(
    engine: EmbeddedEngine, clock: ManualClock, number: int
) -> None:
    fleet = processes(clock, number)
    total(fleet, 5 * BURST)
    for _ in range(3):
        clock.advance(seconds=BURST / RATE)
        assert BURST <= total(fleet, 5 * BURST) <= BURST + number - 1


def test_over_a_long_time_a_caller_gets_the_rate(engine: EmbeddedEngine, clock: ManualClock) -> None:
    fleet = processes(clock, 3)
    served = 0
    for _ in range(100):
        served += total(fleet, 10)  # 100 a second, twice the rate
        clock.advance(milliseconds=100)
    assert 10 * RATE <= served <= 10 * RATE * 1.2


def test_threads_of_a_process_share_its_counts(engine: EmbeddedEngine, clock: ManualClock) -> None:
    [process] = processes(clock, 1)
    assert BURST <= sum(at_once([lambda: total([process], 50)] * 6)) <= BURST + 5


def test_windows_follow_from_the_settings(engine: EmbeddedEngine, clock: ManualClock) -> None:
    [process] = processes(clock, 1, replace(LIMITS, caller_rate=2, caller_burst=10))
    assert total([process], 20) == 10
    clock.advance(seconds=timedelta(seconds=5).total_seconds())
    assert total([process], 20) == 10
