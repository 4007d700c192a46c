"""Login, refresh and logout: failures, races and audit."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.core.aws import client
from chalicelib.identity.accounts.tables import DISABLED, User, user_key
from tests.builders.signing_in import PASSWORD, anna, may_call, refresh, sign_in, signed_in
from tests.builders.world import DEMO, OTHER, World

SCANNER = {"username": "anna", "password": PASSWORD}


def everything(table: str) -> list[dict[str, Any]]:
    """All items of a table, as stored."""
    pages = client("dynamodb").get_paginator("scan").paginate(TableName=f"baton-test-{table}")
    return [item for page in pages for item in page["Items"]]


@pytest.mark.parametrize(
    "name",
    [
        "anna",
        "ANNA",
        " Anna ",
        "anna@example.org",
        "Anna@Example.ORG",
        "+31612345678",
        "+31 6 12 34 56 78",
        "+31 (0)6-12345678",
    ],
)
def test_login_by_any_login_name_in_any_spelling(world: World, name: str) -> None:
    person = anna(world)
    tokens = signed_in(world, name)
    assert tokens["expiresIn"] == 3600
    assert tokens["data"] == {key: value for key, value in tokens.items() if key not in ("data", "success")}
    assert world.call("GET", "/v1/me", token=tokens["accessToken"]).json["user"]["id"] == person.user_id


@pytest.mark.parametrize("field", ["identifier", "username", "email"])
def test_login_accepts_any_name_field(world: World, field: str) -> None:
    anna(world)
    assert world.call("POST", "/v1/auth/login", {field: "anna", "password": PASSWORD}).status == 200


def test_scanner_login_form(world: World) -> None:
    person = anna(world)
    answer = world.call("POST", "/auth/login", SCANNER).json
    assert (answer["role"], answer["company_id"], answer["user_id"]) == ("courier", "demo", person.user_id)
    assert may_call(world, answer["access_token"])
    again = world.call("POST", "/auth/refresh", {"refresh_token": answer["refresh_token"]}).json
    assert may_call(world, again["access_token"])


def test_unknown_name_and_wrong_password_get_same_response(world: World) -> None:
    anna(world)
    [one, other] = [sign_in(world, *bad) for bad in (("anna", "not hers"), ("nobody", PASSWORD))]
    assert (one.status, one.json) == (other.status, other.json)
    assert (one.status, one.code) == (401, "AUTH_INVALID")


def test_unknown_name_makes_same_calls_as_wrong_password(world: World, engine: Any) -> None:
    anna(world)
    calls: list[list[str]] = []
    for name in ("anna", "nobody"):
        seen: list[str] = []
        with engine.before(None, lambda operation, _, seen=seen: seen.append(operation)):
            sign_in(world, name, "not the password")
        calls.append(sorted(seen))
    assert calls[0] == calls[1]


def test_disabled_user_gets_same_response_as_unknown_name(world: World) -> None:
    person = anna(world)
    tokens = signed_in(world)
    where = user_key("demo", person.user_id)
    world.run(lambda work: work.update_unread(where, actions=[User.status.set(DISABLED)]))
    assert sign_in(world).json == sign_in(world, "nobody").json
    assert not may_call(world, tokens["accessToken"])
    assert refresh(world, tokens["refreshToken"]).status == 401


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"identifier", "password"}),
        ({"identifier": "anna"}, {"password"}),
        ({"identifier": "", "password": ""}, {"identifier", "password"}),
        ({"identifier": 7, "password": "x" * 257}, {"identifier", "password"}),
    ],
)
def test_login_names_missing_fields(world: World, body: dict[str, Any], fields: set[str]) -> None:
    answer = world.call("POST", "/v1/auth/login", body)
    assert (answer.status, set(answer.fields)) == (422, fields)


# --- staying signed in -----------------------------------------------------------------------------------------


def test_refresh_tokens_replace_each_other(world: World) -> None:
    anna(world)
    first = signed_in(world)
    second = refresh(world, first["refreshToken"]).json
    assert may_call(world, second["accessToken"])
    assert refresh(world, second["refreshToken"]).status == 200


def test_refresh_token_before_the_last_two_ends_session(world: World) -> None:
    anna(world)
    tokens = [signed_in(world)]
    for _ in range(3):
        tokens.append(refresh(world, tokens[-1]["refreshToken"]).json)
    assert refresh(world, tokens[0]["refreshToken"]).status == 401
    assert refresh(world, tokens[-1]["refreshToken"]).status == 401
    assert not may_call(world, tokens[-1]["accessToken"])
    assert may_call(world, signed_in(world)["accessToken"])


def test_fifty_concurrent_refreshes_return_same_token(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: refresh(world, tokens["refreshToken"]), range(50)))
    assert [answer.status for answer in answers] == [200] * 50
    assert len({answer.json["refreshToken"] for answer in answers}) == 1
    assert all(may_call(world, answer.json["accessToken"]) for answer in answers)
    assert refresh(world, answers[0].json["refreshToken"]).status == 200
    assert [row for row in world.audit() if row.action_type == "SESSION_ENDED"] == []


def test_access_and_refresh_tokens_are_not_interchangeable(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    assert not may_call(world, tokens["refreshToken"])
    assert refresh(world, tokens["accessToken"]).status == 401


def test_unused_session_expires_after_a_month(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    world.clock.advance(days=30)
    assert refresh(world, tokens["refreshToken"]).code == "AUTH_EXPIRED"


def test_logout_ends_only_this_session_at_once(world: World) -> None:
    anna(world)
    here, there = signed_in(world), signed_in(world)
    answer = world.call("POST", "/v1/auth/logout", {"refreshToken": here["refreshToken"]}, token=here["accessToken"])
    assert answer.status == 204
    assert not may_call(world, here["accessToken"])
    assert may_call(world, there["accessToken"])


def test_logout_with_refresh_token_of_another_user_ends_both_sessions(world: World) -> None:
    anna(world)
    for org_id in (DEMO, OTHER):
        tokens, stranger = signed_in(world), world.person("courier", org_id)
        assert stranger.post("/v1/auth/logout", {"refreshToken": tokens["refreshToken"]}).status == 204
        assert not may_call(world, tokens["accessToken"])
        assert not may_call(world, stranger.token)


# --- what is kept ----------------------------------------------------------------------------------------------


def test_responses_with_tokens_are_not_stored_for_replay(world: World) -> None:
    anna(world)
    key = {"Idempotency-Key": "the same key"}
    login = {"identifier": "anna", "password": PASSWORD}
    tokens = [world.call("POST", "/v1/auth/login", login, headers=key).json for _ in range(2)]
    tokens += [world.call("POST", "/auth/login", SCANNER, headers=key).json]
    refreshing = {"refreshToken": tokens[0]["refreshToken"]}
    tokens += [world.call("POST", "/v1/auth/refresh", refreshing, headers=key).json]
    assert tokens[0]["refreshToken"] != tokens[1]["refreshToken"]
    assert everything("edge") == []
    kept = repr([item for table in ("identity", "edge", "system_audit_trail") for item in everything(table)])
    for answer in tokens:
        for name in ("accessToken", "refreshToken", "access_token", "refresh_token"):
            secret = answer.get(name, "none at all").rpartition(".")[2]
            assert secret not in kept


def test_login_is_audited_without_secrets(world: World) -> None:
    person = anna(world)
    tokens = signed_in(world)
    [row] = [row for row in world.audit() if row.action_type == "SESSION_STARTED"]
    assert (row.actor_id, row.outcome) == (person.user_id, "OK")
    told = repr(row.attribute_values)
    assert PASSWORD not in told
    assert tokens["refreshToken"].rpartition(".")[2] not in told
