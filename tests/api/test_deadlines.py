"""A request ends in time, however slow the store is: what does not fit is refused for now."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.core.settings import settings
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import on_duty, order, order_body
from tests.builders.imports import outcome
from tests.builders.world import World

ANSWER_S = 3
LAMBDA_S = 29


@contextmanager
def slow(world: World, engine: EmbeddedEngine, seconds: float = ANSWER_S) -> Iterator[list[str]]:
    """Let every call of the store take so long; the calls."""
    calls: list[str] = []

    def wait(operation: str, _: Any) -> None:
        calls.append(operation)
        world.clock.advance(seconds=seconds)

    with engine.before(None, wait):
        yield calls


def elapsed(world: World, start: Any) -> float:
    """The seconds since then."""
    return float((world.clock.now() - start).total_seconds())


def test_a_request_that_does_not_fit_is_refused_for_now(world: World, engine: EmbeddedEngine) -> None:
    customer, start = world.person("customer"), world.clock.now()
    engine.fail_next("TransactWriteItems", "TransactionCanceledException", times=1000)
    with slow(world, engine):
        answer = customer.post("/v1/orders", order_body(pickup_lat=None, pickup_lng=None))
    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "1"
    assert elapsed(world, start) < LAMBDA_S


def test_past_the_deadline_no_call_is_begun(world: World, engine: EmbeddedEngine) -> None:
    customer = world.person("customer")
    with slow(world, engine, seconds=settings().request_deadline_s) as calls:
        assert customer.get("/v1/customer/orders/history").status == 503
    assert calls == ["BatchGetItem"]


def test_a_lost_answer_is_not_asked_for_again_past_the_deadline(world: World, engine: EmbeddedEngine) -> None:
    customer = world.person("customer")
    engine.fail_next("BatchGetItem", "InternalServerError", times=1000)
    with slow(world, engine, seconds=settings().request_deadline_s) as calls:
        assert customer.get("/v1/customer/orders/history").status == 503
    assert calls == ["BatchGetItem"]


def test_attempts_of_a_use_case_end_at_the_deadline(world: World, engine: EmbeddedEngine) -> None:
    customer, start = world.person("customer"), world.clock.now()
    couriers = [on_duty(world.person("courier")) for _ in range(3)]

    def take(_: str, request: dict[str, Any]) -> None:
        engine.fail_next(
            "TransactWriteItems",
            "TransactionCanceledException",
            reasons=["ConditionalCheckFailed"] * len(request["TransactItems"]),
        )

    with engine.before("TransactWriteItems", take), slow(world, engine):
        assert customer.post("/v1/orders", order_body()).status == 503
    assert couriers
    assert elapsed(world, start) < LAMBDA_S


def test_a_request_that_fits_is_carried_out(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    with slow(world, engine):
        assert courier.post("/v1/courier/availability", {"available": True}).status == 204


def test_a_delivery_is_not_begun_shortly_before_the_deadline(world: World, engine: EmbeddedEngine) -> None:
    customer, courier = world.person("customer"), on_duty(world.person("courier"))
    socket, start = courier.socket(), world.clock.now()

    def commit_late(*_: object) -> None:
        world.clock.advance(seconds=20)

    with engine.before("TransactWriteItems", commit_late, times=1), slow(world, engine, seconds=0.1):
        assert order(customer)["assigned_courier"] == courier.user_id
    assert elapsed(world, start) < LAMBDA_S
    assert not world.heard(socket)
    world.wake()
    assert world.heard(socket)


def test_an_import_says_which_records_were_not_tried(world: World, engine: EmbeddedEngine) -> None:
    admin, start = world.person("SYSTEM_ADMIN"), world.clock.now()
    for number in range(100):
        world.person("picker", username=f"person{number}")
    records = [{"username": f"person{n}", "role": "picker", "full_name": f"Person {n}"} for n in range(100)]
    with slow(world, engine, seconds=0.3):
        answer = admin.post("/v1/imports/users", {"records": records})
    created, updated, rejected = outcome(answer)
    assert answer.status == 207
    assert updated > 0
    assert created + updated + len(rejected) == len(records)
    assert elapsed(world, start) < LAMBDA_S


def test_a_socket_that_opens_too_slowly_is_told_to_come_again(world: World, engine: EmbeddedEngine) -> None:
    courier, start = world.person("courier"), world.clock.now()
    with slow(world, engine, seconds=13):
        assert world.connect("phone", courier.token)["statusCode"] == 503
    assert elapsed(world, start) < LAMBDA_S


def test_what_runs_without_a_request_has_no_deadline(world: World, engine: EmbeddedEngine) -> None:
    with slow(world, engine, seconds=60):
        world.sweep()
