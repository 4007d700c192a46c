"""Authentication: tokens, sessions, roles and permissions are checked at each request, and refusals are audited."""

from typing import Any

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.tables import DISABLED, User, user_key
from chalicelib.identity.roles.tables import role_key
from chalicelib.identity.sessions.tables import Session, session_key
from chalicelib.identity.sessions.tokens import Claims, signer
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
    """Return a signed token of the person with changed claims."""
    claims = {
        "org_id": person.org_id,
        "user_id": person.user_id,
        "role": person.role,
        "session_id": person.session_id,
        **changed,
    }
    return signer(settings(), world.clock).sign(Claims(**claims))


def change_person(world: World, person: Person, **values: object) -> None:
    """Change the stored person."""

    def decide(work: UnitOfWork) -> None:
        user: User | None = get(user_key(person.org_id, person.user_id))
        assert user is not None
        work.update(user, values)

    world.run(decide)


def change_session(world: World, person: Person, **values: object) -> None:
    """Change the stored session."""

    def decide(work: UnitOfWork) -> None:
        session: Session | None = get(session_key(person.org_id, person.user_id, person.session_id))
        assert session is not None
        work.update(session, values)

    world.run(decide)


def permit(world: World, role: str, permissions: dict[str, str], org_id: str = DEMO) -> None:
    """Set the permissions of a role."""

    def decide(work: UnitOfWork) -> None:
        stored = get(role_key(org_id, role))
        assert stored is not None
        work.update(stored, {"permissions": permissions})

    world.run(decide, org_id)


def code_for(world: World, token: str | None) -> str:
    """Return `OK`, or the error code of a read with this token."""
    answer = world.call("GET", MINE, token=token)
    if answer.status == 200:
        return "OK"
    assert answer.status == (403 if answer.code == "ACCESS_DENIED" else 401)
    return answer.code


# --- tokens ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Token abc", "bearer\tx"])
def test_a_request_without_a_bearer_token_is_401(world: World, header: str) -> None:
    answer = world.call("GET", MINE, headers={"authorization": header})
    assert (answer.status, answer.code) == (401, "AUTH_REQUIRED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_scheme_bearer_is_case_insensitive(world: World, anna: Person) -> None:
    for word in ("Bearer", "bearer", "BEARER"):
        assert world.call("GET", MINE, headers={"authorization": f"{word} {anna.token}"}).status == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "null", "é", "[" * 4000])
def test_a_malformed_token_is_401(world: World, token: str) -> None:
    assert code_for(world, token) == "AUTH_INVALID"


def test_an_expired_token_has_another_code_than_an_invalid_one(world: World, anna: Person) -> None:
    world.clock.advance(seconds=3600 + 30)
    assert code_for(world, anna.token) == "OK"
    world.clock.advance(seconds=1)
    assert code_for(world, anna.token) == "AUTH_EXPIRED"


def test_a_refresh_token_is_not_an_access_token(world: World, anna: Person) -> None:
    assert code_for(world, f"{anna.org_id}.{anna.session_id}.{'s' * 43}") == "AUTH_INVALID"


def test_a_token_for_the_session_of_another_person_is_invalid(world: World, anna: Person) -> None:
    bob, other = world.person("customer"), world.person("customer", OTHER)
    assert code_for(world, token_of(world, anna, session_id=bob.session_id)) == "AUTH_INVALID"
    assert code_for(world, token_of(world, anna, session_id=other.session_id)) == "AUTH_INVALID"
    assert code_for(world, token_of(world, anna, org_id=OTHER)) == "AUTH_INVALID"
    assert code_for(world, token_of(world, anna, session_id="a#b", user_id="%23")) == "AUTH_INVALID"


# --- as they are now -------------------------------------------------------------------------------------------


def test_an_ended_session_is_invalid_at_the_next_request(world: World, anna: Person) -> None:
    second = world.signed_in(DEMO, anna.user_id, anna.role)
    change_session(world, anna, ended_at=world.clock.now())
    assert code_for(world, anna.token) == "AUTH_INVALID"
    assert code_for(world, second.token) == "OK"


def test_an_expired_session_is_invalid_before_the_store_deletes_it(world: World, anna: Person) -> None:
    world.clock.advance(days=30, milliseconds=-1)
    assert code_for(world, token_of(world, anna)) == "OK"
    world.clock.advance(milliseconds=1)
    assert code_for(world, token_of(world, anna)) == "AUTH_INVALID"


def test_a_disabled_person_is_401_at_the_next_request(world: World, anna: Person) -> None:
    change_person(world, anna, status=DISABLED)
    assert code_for(world, anna.token) == "AUTH_INVALID"
    change_person(world, anna, status="ACTIVE")
    assert code_for(world, anna.token) == "OK"


def test_a_changed_role_applies_at_the_next_request_with_the_old_token(world: World, anna: Person) -> None:
    assert anna.post("/v1/orders", order_body()).status == 201
    change_person(world, anna, role="courier")
    assert anna.post("/v1/orders", order_body()).status == 403
    assert anna.post("/v1/courier/availability", {"available": True}).status == 204


def test_a_withdrawn_permission_is_403_at_the_next_request(world: World, anna: Person) -> None:
    assert anna.post("/v1/orders", order_body()).status == 201
    permit(world, "customer", {FOLLOW: "own"})
    answer = anna.post("/v1/orders", order_body())
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert answer.json["error"]["details"] == {"permission": CREATE}
    assert code_for(world, anna.token) == "OK"


def test_a_granted_permission_applies_at_the_next_request(world: World) -> None:
    viewer = world.person("VIEW_ONLY")
    assert viewer.post("/v1/orders", order_body()).status == 403
    permit(world, "VIEW_ONLY", {CREATE: "own"})
    assert viewer.post("/v1/orders", order_body()).status == 201


def test_permissions_are_separate_for_each_organisation(world: World, anna: Person) -> None:
    permit(world, "customer", {}, OTHER)
    assert code_for(world, anna.token) == "OK"
    assert code_for(world, world.person("customer", OTHER).token) == "ACCESS_DENIED"


def test_an_unknown_role_has_no_permission(world: World, anna: Person) -> None:
    change_person(world, anna, role="emperor")
    assert code_for(world, anna.token) == "ACCESS_DENIED"
    assert code_for(world, token_of(world, anna, role="emperor")) == "ACCESS_DENIED"


def test_the_role_that_a_token_claims_gives_no_permission(world: World, anna: Person) -> None:
    claimed = token_of(world, anna, role="courier")
    assert world.call("POST", "/v1/courier/availability", {"available": True}, token=claimed).status == 403


# --- what is written down --------------------------------------------------------------------------------------


def rows(world: World) -> list[tuple[Any, ...]]:
    """Return the audit rows of people, oldest first."""
    return [
        (row.actor_id, row.entity_type, row.entity_id, row.action_type, row.outcome, row.payload_diff is not None)
        for row in world.audit()
        if not row.actor_id.startswith("system:")
    ]


def test_every_mutation_has_one_audit_row_also_if_it_is_refused(world: World, anna: Person) -> None:
    courier = world.person("courier")
    placed = order(anna)
    world.clock.advance(seconds=1)
    malformed = anna.post("/v1/orders", {"pickup_address": 7})
    world.clock.advance(seconds=1)
    step(courier, "accept", placed["id"])
    world.clock.advance(seconds=1)
    step(courier, "accept", "no-such-order")
    world.clock.advance(seconds=1)
    denied = courier.post("/v1/orders", order_body())
    assert rows(world) == [
        (anna.user_id, "order", placed["id"], "ORDER_CREATED", "OK", True),
        (anna.user_id, "order", malformed.headers["X-Request-Id"], "ORDER_CREATED", "VALIDATION_ERROR", False),
        (courier.user_id, "order", placed["id"], "ORDER_ACCEPTED", "ACCESS_DENIED", False),
        (courier.user_id, "order", "no-such-order", "ORDER_ACCEPTED", "NOT_FOUND", False),
        (courier.user_id, "order", denied.headers["X-Request-Id"], "ORDER_CREATED", "ACCESS_DENIED", False),
    ]


def test_reads_and_unauthenticated_requests_have_no_audit_rows(world: World, anna: Person) -> None:
    anna.get(MINE)
    anna.get("/v1/orders/7")
    anna.get("/v1/customer/orders/history?limit=0")
    world.person("VIEW_ONLY").get(MINE)
    world.call("POST", "/v1/orders", order_body())
    world.call("POST", "/v1/orders", order_body(), token="a.b.c")
    world.clock.advance(hours=2)
    anna.post("/v1/orders", order_body())
    assert rows(world) == []


def test_a_request_with_malformed_input_has_an_audit_row(world: World, anna: Person) -> None:
    ids = []
    for raw in (b"{", b'{"order_id": 7}', b'{"order_id": "' + b"x" * 9000 + b'"}'):
        answer = world.call("POST", "/v1/customer/orders/cancel", token=anna.token, raw=raw)
        ids.append(answer.headers["X-Request-Id"])
        world.clock.advance(seconds=1)
    outcomes = [(row[2], row[4]) for row in rows(world)]
    assert sorted(outcomes) == sorted(
        [(ids[0], "MALFORMED_JSON"), (ids[1], "VALIDATION_ERROR"), ("x" * 255, "VALIDATION_ERROR")]
    )


def test_a_refusal_is_answered_even_if_its_audit_row_cannot_be_written(anna: Person, engine: EmbeddedEngine) -> None:
    def down(*_: Any) -> None:
        raise RuntimeError

    with engine.before("PutItem", down):
        answer = anna.post("/v1/orders", {})
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
