"""Signing in, staying signed in and signing out, in both forms of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.core.aws import client
from chalicelib.identity.accounts.tables import DISABLED, User, user_key
from tests.builders.signing_in import PASSWORD, anna, may_call, refresh, sign_in, signed_in
from tests.builders.world import OTHER, World

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
def test_people_sign_in_by_any_of_their_names_however_written(world: World, name: str) -> None:
    person = anna(world)
    tokens = signed_in(world, name)
    assert tokens["expiresIn"] == 3600
    assert tokens["data"] == {key: tokens[key] for key in ("accessToken", "refreshToken", "expiresIn")}
    assert world.call("GET", "/v1/me", token=tokens["accessToken"]).json["user"]["id"] == person.user_id


@pytest.mark.parametrize("field", ["identifier", "username", "email"])
def test_the_name_may_come_in_any_of_three_fields(world: World, field: str) -> None:
    anna(world)
    assert world.call("POST", "/v1/auth/login", {field: "anna", "password": PASSWORD}).status == 200


def test_the_scanner_signs_in_in_its_own_form(world: World) -> None:
    person = anna(world)
    answer = world.call("POST", "/auth/login", SCANNER).json
    assert (answer["role"], answer["company_id"], answer["user_id"]) == ("courier", "demo", person.user_id)
    assert may_call(world, answer["access_token"])
    again = world.call("POST", "/auth/refresh", {"refresh_token": answer["refresh_token"]}).json
    assert may_call(world, again["access_token"])


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(world: World) -> None:
    anna(world)
    [one, other] = [sign_in(world, *bad) for bad in (("anna", "not hers"), ("nobody", PASSWORD))]
    assert (one.status, one.json) == (other.status, other.json)
    assert (one.status, one.code) == (401, "AUTH_INVALID")


def test_a_wrong_name_costs_what_a_wrong_password_costs(world: World, engine: Any) -> None:
    anna(world)
    calls: list[list[str]] = []
    for name in ("anna", "nobody"):
        seen: list[str] = []
        with engine.before(None, lambda operation, _, seen=seen: seen.append(operation)):
            sign_in(world, name, "not the password")
        calls.append(sorted(seen))
    assert calls[0] == calls[1]


def test_who_is_disabled_is_answered_like_nobody(world: World) -> None:
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
def test_what_is_missing_is_named(world: World, body: dict[str, Any], fields: set[str]) -> None:
    answer = world.call("POST", "/v1/auth/login", body)
    assert (answer.status, set(answer.fields)) == (422, fields)


# --- staying signed in -----------------------------------------------------------------------------------------


def test_a_refresh_token_is_good_once(world: World) -> None:
    anna(world)
    first = signed_in(world)
    second = refresh(world, first["refreshToken"]).json
    assert may_call(world, second["accessToken"])
    assert refresh(world, second["refreshToken"]).status == 200


def test_a_refresh_token_that_comes_back_ends_the_session(world: World) -> None:
    anna(world)
    first = signed_in(world)
    second = refresh(world, first["refreshToken"]).json
    assert refresh(world, first["refreshToken"]).status == 401
    assert refresh(world, second["refreshToken"]).status == 401
    assert not may_call(world, second["accessToken"])
    assert may_call(world, signed_in(world)["accessToken"])


def test_fifty_refreshes_at_once_give_one_success_and_a_session_that_is_over(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: refresh(world, tokens["refreshToken"]), range(50)))
    assert sorted(answer.status for answer in answers) == [200] + [401] * 49
    [won] = [answer.json for answer in answers if answer.status == 200]
    assert not may_call(world, won["accessToken"])
    assert refresh(world, won["refreshToken"]).status == 401
    reasons = [row.payload_diff or "" for row in world.audit() if row.action_type == "SESSION_ENDED"]
    assert ["REFRESH_TOKEN_REUSED" in reason for reason in reasons] == [True]


def test_neither_kind_of_token_passes_for_the_other(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    assert not may_call(world, tokens["refreshToken"])
    assert refresh(world, tokens["accessToken"]).status == 401


def test_a_session_that_nobody_uses_for_a_month_is_over(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    world.clock.advance(days=30)
    assert refresh(world, tokens["refreshToken"]).code == "AUTH_EXPIRED"


def test_signing_out_counts_at_once_and_for_this_device_only(world: World) -> None:
    anna(world)
    here, there = signed_in(world), signed_in(world)
    answer = world.call("POST", "/v1/auth/logout", {"refreshToken": here["refreshToken"]}, token=here["accessToken"])
    assert answer.status == 204
    assert not may_call(world, here["accessToken"])
    assert may_call(world, there["accessToken"])


def test_nobody_signs_somebody_else_out(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    for stranger in (world.person("courier"), world.person("courier", OTHER)):
        assert stranger.post("/v1/auth/logout", {"refreshToken": tokens["refreshToken"]}).status == 204
    assert may_call(world, tokens["accessToken"])


# --- what is kept ----------------------------------------------------------------------------------------------


def test_answers_with_tokens_are_never_kept_for_a_replay(world: World) -> None:
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


def test_signing_in_leaves_an_audit_row_without_secrets(world: World) -> None:
    person = anna(world)
    tokens = signed_in(world)
    [row] = [row for row in world.audit() if row.action_type == "SESSION_STARTED"]
    assert (row.actor_id, row.outcome) == (person.user_id, "OK")
    told = repr(row.attribute_values)
    assert PASSWORD not in told
    assert tokens["refreshToken"].rpartition(".")[2] not in told
