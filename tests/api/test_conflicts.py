"""Writes that are sent again, because they met a transaction or because their answer was lost: nobody notices."""

from typing import Any

from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import on_duty, stored_courier
from tests.builders.mailboxes import is_leased, is_pending, is_stored, log_of, numbers_at, publish, queued
from tests.builders.world import World

CONFLICT = "TransactionConflictException"


def test_a_position_that_meets_a_transaction_is_stored(world: World, engine: EmbeddedEngine) -> None:
    courier = on_duty(world.person("courier"))
    engine.fail_next("UpdateItem", CONFLICT, times=2)
    answer = courier.post("/v1/courier/location", {"latitude": 1.5, "longitude": 2.5})
    assert answer.status == 204
    stored = stored_courier(courier)
    assert stored is not None
    assert (stored.lat, stored.lng) == (1.5, 2.5)


def test_a_position_that_meets_transactions_for_ever_is_refused_for_now(world: World, engine: EmbeddedEngine) -> None:
    courier = on_duty(world.person("courier"))
    engine.fail_next("UpdateItem", CONFLICT, times=20)
    answer = courier.post("/v1/courier/location", {"latitude": 1.5, "longitude": 2.5})
    assert answer.status == 503
    assert "Retry-After" in answer.headers


def test_an_event_that_meets_transactions_on_its_mailbox_needs_no_sweep(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    engine.fail_next("UpdateItem", CONFLICT, times=2)
    publish(world, courier, 1)
    assert numbers_at(world, socket) == [1]
    assert not is_leased(courier)
    assert not is_pending(courier)


def test_a_connection_that_meets_a_transaction_is_let_in(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    engine.fail_next("TransactWriteItems", "TransactionCanceledException", times=2)
    socket = courier.socket()
    assert is_stored(courier, socket)


def test_a_connection_while_the_store_is_down_is_told_to_come_again(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    engine.fail_next("TransactWriteItems", "InternalServerError", times=20)
    answer = world.connect("phone", courier.token)
    assert answer["statusCode"] == 503
    assert not is_stored(courier, "phone")


def lose_the_answer_of(engine: EmbeddedEngine, attribute: str, verb: str) -> None:
    """The next change of a mailbox that does this takes effect, but its answer is lost, so that it is sent again."""
    done: list[bool] = []

    def look(_: str, request: dict[str, Any]) -> None:
        if (
            not done
            and attribute in request["ExpressionAttributeNames"].values()
            and verb in request["UpdateExpression"]
        ):
            done.append(True)
            engine.fail_next("UpdateItem", "InternalServerError", after=True)

    engine.before("UpdateItem", look)


def test_events_whose_move_to_the_log_has_a_lost_answer_are_moved_once(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    lose_the_answer_of(engine, "numbered", "SET")
    publish(world, courier, *range(30))
    publish(world, courier, 30)
    assert numbers_at(world, socket) == list(range(31))
    assert [event.number for event in log_of(courier)] == list(range(1, 32))
    assert queued(courier) == 0


def test_a_lease_whose_answer_is_lost_is_still_ones_own(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    lose_the_answer_of(engine, "revision", "SET")
    publish(world, courier, 1)
    assert numbers_at(world, socket) == [1]
    assert not is_leased(courier)


def test_a_mailbox_given_back_whose_answer_is_lost_is_given_back(world: World, engine: EmbeddedEngine) -> None:
    courier = world.person("courier")
    socket = courier.socket()
    lose_the_answer_of(engine, "pending_shard", "REMOVE")
    publish(world, courier, 1)
    publish(world, courier, 2)
    assert numbers_at(world, socket) == [1, 2]
    assert not is_leased(courier)
    assert not is_pending(courier)
