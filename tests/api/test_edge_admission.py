"""Who is let in: the token says who it was, the store says who it is now; and every refusal is written down."""

from typing import Any

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.tables import DISABLED, Session, User, role_key, session_key, user_key
from chalicelib.identity.tokens import Claims, signer
from infra.local.engine import EmbeddedEngine
from tests.builders.dispatch import order, order_body, step
from tests.builders.world import DEMO, OTHER, Person, World

MINE = "/v1/customer/active-order"
CREATE = "dispatch.order.create"
FOLLOW = "dispatch.order.follow"


@pytest.fixture
def anna(world: World) -> Person:
    """A customer."""
    return world.person("customer")


def token_of(world: World, person: Person, **changed: str) -> str:
    """A token that we signed for this person, with some of it changed."""
    claims = {
        "org_id": person.org_id,
        "user_id": person.user_id,
        "role": person.role,
        "session_id": person.session_id,
        **changed,
    }
    return signer(settings(), world.clock).sign(Claims(**claims))


def change_person(world: World, person: Person, **values: object) -> None:
    """As an administrator would."""

    def decide(work: UnitOfWork) -> None:
        user: User | None = get(user_key(person.org_id, person.user_id))
        assert user is not None
        work.update(user, values)

    world.run(decide)


def change_session(world: World, person: Person, **values: object) -> None:
    """End a session, or let it."""

    def decide(work: UnitOfWork) -> None:
        session: Session | None = get(session_key(person.org_id, person.session_id))
        assert session is not None
        work.update(session, values)

    world.run(decide)


def permit(world: World, role: str, permissions: dict[str, str], org_id: str = DEMO) -> None:
    """Say what a role may do from now on."""

    def decide(work: UnitOfWork) -> None:
        found = get(role_key(org_id, role))
        assert found is not None
        work.update(found, {"permissions": permissions})

    world.run(decide, org_id)


def code_for(world: World, token: str | None) -> str:
    """What somebody with this token is told when they read their own order: `OK`, or the code of the error."""
    answer = world.call("GET", MINE, token=token)
    if answer.status == 200:
        return "OK"
    assert answer.status == (403 if answer.code == "ACCESS_DENIED" else 401)
    return answer.code


# --- tokens ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token abc", "bearer\tx"])
def test_without_a_bearer_token_one_is_asked_for(world: World, header: str) -> None:
    answer = world.call("GET", MINE, headers={"authorization": header})
    assert (answer.status, answer.code) == (401, "AUTH_REQUIRED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_word_bearer_may_be_written_in_any_case(world: World, anna: Person) -> None:
    for word in ("Bearer", "bearer", "BEARER"):
        assert world.call("GET", MINE, headers={"authorization": f"{word} {anna.token}"}).status == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "null", "é", "[" * 4000])
def test_garbage_is_no_token(world: World, token: str) -> None:
    assert code_for(world, token) == "AUTH_INVALID"


def test_an_expired_token_is_told_apart_from_a_bad_one(world: World, anna: Person) -> None:
    world.clock.advance(seconds=3600 + 30)
    assert code_for(world, anna.token) == "OK"
    world.clock.advance(seconds=1)
    assert code_for(world, anna.token) == "AUTH_EXPIRED"


def test_a_refresh_token_opens_nothing(world: World, anna: Person) -> None:
    assert code_for(world, f"{anna.org_id}.{anna.session_id}.{'s' * 43}") == "AUTH_INVALID"


def test_a_token_for_a_session_of_somebody_else_is_not_good(world: World, anna: Person) -> None:
    bob, other = world.person("customer"), world.person("customer", OTHER)
    assert code_for(world, token_of(world, anna, session_id=bob.session_id)) == "AUTH_INVALID"
    assert code_for(world, token_of(world, anna, session_id=other.session_id)) == "AUTH_INVALID"
    assert code_for(world, token_of(world, anna, org_id=OTHER)) == "AUTH_INVALID"
    assert code_for(world, token_of(world, anna, session_id="a#b", user_id="%23")) == "AUTH_INVALID"


# --- as they are now -------------------------------------------------------------------------------------------


def test_a_session_that_was_ended_is_over_at_the_next_request(world: World, anna: Person) -> None:
    second = world.signed_in(DEMO, anna.user_id, anna.role)
    change_session(world, anna, ended_at=world.clock.now())
    assert code_for(world, anna.token) == "AUTH_INVALID"
    assert code_for(world, second.token) == "OK"


def test_a_session_ends_by_itself_whatever_the_store_still_holds(world: World, anna: Person) -> None:
    world.clock.advance(days=30, milliseconds=-1)
    assert code_for(world, token_of(world, anna)) == "OK"
    world.clock.advance(milliseconds=1)
    assert code_for(world, token_of(world, anna)) == "AUTH_INVALID"


def test_somebody_disabled_is_out_at_the_next_request(world: World, anna: Person) -> None:
    change_person(world, anna, status=DISABLED)
    assert code_for(world, anna.token) == "AUTH_INVALID"
    change_person(world, anna, status="ACTIVE")
    assert code_for(world, anna.token) == "OK"


def test_a_new_role_counts_at_the_next_request_with_the_old_token(world: World, anna: Person) -> None:
    assert anna.post("/v1/orders", order_body()).status == 201
    change_person(world, anna, role="courier")
    assert anna.post("/v1/orders", order_body()).status == 403
    assert anna.post("/v1/courier/availability", {"available": True}).status == 204


def test_a_permission_taken_away_counts_at_the_next_request(world: World, anna: Person) -> None:
    assert anna.post("/v1/orders", order_body()).status == 201
    permit(world, "customer", {FOLLOW: "own"})
    answer = anna.post("/v1/orders", order_body())
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert answer.json["error"]["details"] == {"permission": CREATE}
    assert code_for(world, anna.token) == "OK"


def test_a_permission_given_counts_at_the_next_request(world: World) -> None:
    viewer = world.person("VIEW_ONLY")
    assert viewer.post("/v1/orders", order_body()).status == 403
    permit(world, "VIEW_ONLY", {CREATE: "own"})
    assert viewer.post("/v1/orders", order_body()).status == 201


def test_the_permissions_of_an_organisation_are_its_own(world: World, anna: Person) -> None:
    permit(world, "customer", {}, OTHER)
    assert code_for(world, anna.token) == "OK"
    assert code_for(world, world.person("customer", OTHER).token) == "ACCESS_DENIED"


def test_a_role_that_the_organisation_does_not_know_may_nothing(world: World, anna: Person) -> None:
    change_person(world, anna, role="emperor")
    assert code_for(world, anna.token) == "ACCESS_DENIED"
    assert code_for(world, token_of(world, anna, role="emperor")) == "ACCESS_DENIED"


def test_the_role_that_a_token_claims_gives_no_permission(world: World, anna: Person) -> None:
    claimed = token_of(world, anna, role="courier")
    assert world.call("POST", "/v1/courier/availability", {"available": True}, token=claimed).status == 403


# --- what is written down --------------------------------------------------------------------------------------


def rows(world: World) -> list[tuple[Any, ...]]:
    """What people did, as the audit trail has it, in the order of doing."""
    return [
        (row.actor_id, row.entity_type, row.entity_id, row.action_type, row.outcome, row.payload_diff is not None)
        for row in world.audit()
        if not row.actor_id.startswith("system:")
    ]


def test_every_mutation_leaves_one_row_and_every_refused_one_too(world: World, anna: Person) -> None:
    courier = world.person("courier")
    placed = order(anna)
    world.clock.advance(seconds=1)
    anna.post("/v1/orders", {"pickup_address": 7})
    world.clock.advance(seconds=1)
    step(courier, "accept", placed["id"])
    world.clock.advance(seconds=1)
    step(courier, "accept", "no-such-order")
    world.clock.advance(seconds=1)
    courier.post("/v1/orders", order_body())
    assert rows(world) == [
        (anna.user_id, "order", placed["id"], "ORDER_CREATED", "OK", True),
        (anna.user_id, "order", "-", "ORDER_CREATED", "VALIDATION_ERROR", False),
        (courier.user_id, "order", placed["id"], "ORDER_ACCEPTED", "ACCESS_DENIED", False),
        (courier.user_id, "order", "no-such-order", "ORDER_ACCEPTED", "NOT_FOUND", False),
        (courier.user_id, "order", "-", "ORDER_CREATED", "ACCESS_DENIED", False),
    ]


def test_neither_reads_nor_strangers_leave_rows(world: World, anna: Person) -> None:
    anna.get(MINE)
    anna.get("/v1/orders/7")
    anna.get("/v1/customer/orders/history?limit=0")
    world.person("VIEW_ONLY").get(MINE)
    world.call("POST", "/v1/orders", order_body())
    world.call("POST", "/v1/orders", order_body(), token="a.b.c")
    world.clock.advance(hours=2)
    anna.post("/v1/orders", order_body())
    assert rows(world) == []


def test_a_refusal_of_broken_input_leaves_its_row(world: World, anna: Person) -> None:
    world.call("POST", "/v1/customer/orders/cancel", token=anna.token, raw=b"{")
    world.call("POST", "/v1/customer/orders/cancel", token=anna.token, raw=b'{"order_id": 7}')
    world.call("POST", "/v1/customer/orders/cancel", token=anna.token, raw=b'{"order_id": "' + b"x" * 9000 + b'"}')
    found = [(row[2], row[4]) for row in rows(world)]
    assert sorted(found) == sorted(
        [("-", "MALFORMED_JSON"), ("-", "VALIDATION_ERROR"), ("x" * 255, "VALIDATION_ERROR")]
    )


def test_a_refusal_that_cannot_be_written_down_is_still_answered(anna: Person, engine: EmbeddedEngine) -> None:
    def down(*_: Any) -> None:
        raise RuntimeError

    with engine.before("PutItem", down):
        answer = anna.post("/v1/orders", {})
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
