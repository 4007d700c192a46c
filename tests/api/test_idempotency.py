"""A request sent again with its key gets the stored response and has no second effect."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.core.settings import Secret, settings
from chalicelib.core.store import get
from chalicelib.edge.idempotency import record_key
from chalicelib.identity.sessions.tokens import Claims, signer
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import on_duty, order, order_body, step, stored_order
from tests.builders.world import OTHER, Answer, Person, World

ORDERS = "/v1/customer/orders/history"
CREATE = "/v1/orders"
DAY_S = 86_400


@pytest.fixture
def anna(world: World) -> Person:
    """A customer."""
    return world.person("customer")


def orders(person: Person) -> int:
    """Return how many orders the person has created."""
    return len(person.get(ORDERS).json["orders"])


def replayed(answer: Answer) -> bool:
    """Return whether a response is a replay."""
    return answer.headers.get("Idempotent-Replayed") == "true"


def same(first: Answer, other: Answer) -> bool:
    """Return whether two responses have the same status, body and `ETag`."""
    return (first.status, first.text, first.headers.get("ETag")) == (
        other.status,
        other.text,
        other.headers.get("ETag"),
    )


def test_a_repeated_request_is_answered_with_the_stored_response(world: World, anna: Person) -> None:
    first = anna.post(CREATE, order_body(), idempotency_key="k")
    again = anna.post(CREATE, order_body(), idempotency_key="k")
    assert (first.status, first.headers["ETag"]) == (201, '"1"')
    assert same(first, again)
    assert (replayed(first), replayed(again)) == (False, True)
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert orders(anna) == 1
    assert [row.request_id for row in world.audit() if row.action_type == "ORDER_CREATED"] == [
        first.headers["X-Request-Id"]
    ]


def test_requests_without_a_key_are_separate(anna: Person) -> None:
    assert not replayed(anna.post(CREATE, order_body()))
    assert not replayed(anna.post(CREATE, order_body()))
    assert orders(anna) == 2


def test_a_stored_response_is_replayed_after_later_changes(world: World, anna: Person) -> None:
    courier = on_duty(world.person("courier"))
    placed = order(anna)
    first = step(courier, "accept", placed["id"], idempotency_key="k")
    step(courier, "arrived", placed["id"])
    again = step(courier, "accept", placed["id"], idempotency_key="k")
    assert same(first, again)
    assert replayed(again)
    assert stored_order(placed["id"]).status == "arrived"


def test_a_204_response_is_replayed(world: World) -> None:
    courier = world.person("courier")
    body = {"available": True}
    first = courier.post("/v1/courier/availability", body, idempotency_key="k")
    again = courier.post("/v1/courier/availability", body, idempotency_key="k")
    assert (first.status, first.text) == (204, "")
    assert same(first, again)
    assert replayed(again)


def test_a_replay_publishes_no_events(world: World, anna: Person) -> None:
    on_duty(world.person("courier"))
    connection = anna.socket()
    for _ in range(3):
        anna.post(CREATE, order_body(), idempotency_key="k")
    assert len(world.heard(connection)) == 1


# --- whose key it is, and for how long -------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["another body", "another address", "one more space"])
def test_another_request_with_the_same_key_is_refused(anna: Person, other: str) -> None:
    first = anna.post(CREATE, order_body(), idempotency_key="k")
    if other == "another body":
        answer = anna.post(CREATE, order_body(notes="Ring once"), idempotency_key="k")
    elif other == "another address":
        answer = anna.post("/v1/customer/orders/cancel", order_body(), idempotency_key="k")
    else:
        answer = anna.world.call("POST", CREATE, token=anna.token, raw=b" {}", headers={"idempotency_key": "k"})
    assert (answer.status, answer.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert same(first, anna.post(CREATE, order_body(), idempotency_key="k"))
    assert orders(anna) == 1


def test_a_key_is_scoped_to_the_caller(world: World, anna: Person) -> None:
    bob, other = world.person("customer"), world.person("customer", OTHER)
    for person in (anna, bob, other):
        assert not replayed(person.post(CREATE, order_body(), idempotency_key="k"))
    assert [orders(person) for person in (anna, bob, other)] == [1, 1, 1]


def test_a_key_is_valid_in_every_session_of_the_caller(world: World, anna: Person) -> None:
    anna.post(CREATE, order_body(), idempotency_key="k")
    phone = world.signed_in(anna.org_id, anna.user_id, anna.role)
    assert replayed(phone.post(CREATE, order_body(), idempotency_key="k"))


def test_a_key_expires_after_a_day_before_the_store_deletes_it(world: World, anna: Person) -> None:
    anna.post(CREATE, order_body(), idempotency_key="k")
    world.clock.advance(seconds=DAY_S, milliseconds=-1)
    anna = world.signed_in(anna.org_id, anna.user_id, anna.role)
    assert replayed(anna.post(CREATE, order_body(), idempotency_key="k"))
    world.clock.advance(milliseconds=1)
    assert not replayed(anna.post(CREATE, order_body(notes="Another one"), idempotency_key="k"))
    assert orders(anna) == 2
    assert replayed(anna.post(CREATE, order_body(notes="Another one"), idempotency_key="k"))


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "a\tb", "\x7f"])
def test_a_malformed_key_is_422(anna: Person, key: str) -> None:
    answer = anna.post(CREATE, order_body(), idempotency_key=key)
    assert (answer.status, set(answer.fields)) == (422, {"Idempotency-Key"})
    assert orders(anna) == 0


@pytest.mark.parametrize("key", ["!", "x" * 255, "a#b", "%23", "#" * 255, '"quoted"'])
def test_any_visible_characters_are_a_key(anna: Person, key: str) -> None:
    anna.post(CREATE, order_body(), idempotency_key=key)
    assert replayed(anna.post(CREATE, order_body(), idempotency_key=key))


def test_similar_keys_are_different(anna: Person) -> None:
    for key in ("a#b", "a%23b", "A#B", "a#b#"):
        assert not replayed(anna.post(CREATE, order_body(), idempotency_key=key))


def test_a_key_is_ignored_on_reads(anna: Person) -> None:
    before = anna.get(ORDERS, idempotency_key="k")
    order(anna)
    after = anna.get(ORDERS, idempotency_key="k")
    assert (len(before.json["orders"]), len(after.json["orders"])) == (0, 1)


# --- errors ----------------------------------------------------------------------------------------------------


def test_a_refused_request_may_be_sent_again_with_its_key(world: World, anna: Person) -> None:
    courier = world.person("courier")
    placed = order(anna)
    assert step(courier, "accept", placed["id"], idempotency_key="k").status == 403
    on_duty(courier)
    answer = step(courier, "accept", placed["id"], idempotency_key="k")
    assert (answer.status, replayed(answer)) == (200, False)


def test_a_crash_is_not_stored(anna: Person, engine: EmbeddedEngine) -> None:
    def crash(*_: Any) -> None:
        raise RuntimeError

    with engine.before("TransactWriteItems", crash):
        assert anna.post(CREATE, order_body(), idempotency_key="k").status == 500
    answer = anna.post(CREATE, order_body(), idempotency_key="k")
    assert (answer.status, replayed(answer)) == (201, False)


def test_a_request_whose_response_was_lost_gets_it_on_retry(
    anna: Person, engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    engine.fail_next("TransactWriteItems", "InternalServerError", 3, after=True)
    assert anna.post(CREATE, order_body(), idempotency_key="k").status == 503
    answer = anna.post(CREATE, order_body(), idempotency_key="k")
    assert (answer.status, replayed(answer)) == (201, True)
    assert orders(anna) == 1


def test_a_stored_response_is_not_replayed_with_an_expired_token(world: World, anna: Person) -> None:
    anna.post(CREATE, order_body(), idempotency_key="k")
    world.clock.advance(hours=2)
    answer = anna.post(CREATE, order_body(), idempotency_key="k")
    assert (answer.status, answer.code) == (401, "AUTH_EXPIRED")


# --- at once ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["BatchGetItem", "TransactWriteItems"])
def test_ten_concurrent_copies_have_one_effect_and_equal_responses(
    world: World, anna: Person, engine: EmbeddedEngine, where: str
) -> None:
    """All wait for each other, either before they are authenticated or each with its transaction ready to be sent."""
    couriers = [on_duty(world.person("courier")) for _ in range(3)]
    together = Barrier(10)

    def wait(*_: Any) -> None:
        together.wait(30)

    engine.before(where, wait, times=10)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: anna.post(CREATE, order_body(), idempotency_key="k"), range(10)))
    assert {(answer.status, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert sum(not replayed(answer) for answer in answers) == 1
    assert orders(anna) == 1
    busy = [courier for courier in couriers if courier.get("/v1/courier/active-order").json["active"]]
    assert len(busy) == 1
    assert len([row for row in world.audit() if row.action_type == "ORDER_CREATED"]) == 1


# --- the keys of fingerprints ------------------------------------------------------------------------------------


def with_keys(world: World, current: str, **keys: str) -> None:
    """Give the application other signing keys."""
    document = {"current": current, "keys": {name: f"{secret}, " * 10 for name, secret in keys.items()}}
    world.reset_parts(replace(settings(), token_keys=Secret(json.dumps(document))))


def retry(world: World, person: Person) -> Answer:
    """Send the same request with the same key, with a token that the current keys sign."""
    config = world.parts.dependencies.settings
    token = signer(config, world.clock).sign(Claims(person.org_id, person.user_id, person.role, person.session_id))
    return world.call("POST", CREATE, order_body(), token=token, headers={"idempotency_key": "k"})


def test_a_request_is_replayed_after_a_rotation_of_the_keys(world: World, anna: Person) -> None:
    with_keys(world, "old", old="an old key")
    first = retry(world, anna)
    with_keys(world, "new", new="a new key", old="an old key")
    again = retry(world, anna)
    assert same(first, again)
    assert replayed(again)


def test_a_request_is_refused_and_not_repeated_after_its_key_was_removed(world: World, anna: Person) -> None:
    with_keys(world, "old", old="an old key")
    assert retry(world, anna).status == 201
    with_keys(world, "new", new="a new key")
    answer = retry(world, anna)
    assert (answer.status, answer.code) == (422, "IDEMPOTENCY_KEY_REUSED")
    world.reset_parts()
    assert orders(anna) == 1


def test_equal_requests_of_two_people_have_different_fingerprints(world: World, anna: Person) -> None:
    people = [anna, world.person("customer"), world.person("customer", OTHER)]
    for person in people:
        person.post(CREATE, order_body(), idempotency_key="k")
    records = [get(record_key(person.org_id, person.user_id, "k")) for person in people]
    fingerprints = {record.fingerprint for record in records if record is not None}
    assert len(fingerprints) == len(people)
    assert {fingerprint.partition(":")[0] for fingerprint in fingerprints} == {"test"}
