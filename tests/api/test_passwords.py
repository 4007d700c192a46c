"""Passwords: reset requests, resets and changes."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.identity.accounts.tables import DISABLED, User, user_key
from tests.api.test_sessions import everything
from tests.builders.signing_in import PASSWORD, anna, may_call, refresh, sign_in, signed_in, wrong
from tests.builders.world import Answer, World

NEW = "staple battery horse"


def forgot(world: World, name: str = "anna") -> Answer:
    return world.call("POST", "/v1/auth/forgot-password", {"identifier": name})


def reset(world: World, token: str, password: str = NEW) -> Answer:
    return world.call("POST", "/v1/auth/reset-password", {"token": token, "newPassword": password})


def token_of(world: World, name: str = "anna") -> str:
    """A reset token, as it arrived."""
    assert forgot(world, name).status == 204
    return world.messages.last_token


# --- forgotten -------------------------------------------------------------------------------------------------


def test_forgot_password_sends_token_by_email_that_resets_password(world: World) -> None:
    anna(world)
    assert forgot(world).text == ""
    [(to, subject, text)] = world.messages.emails
    assert (to, subject) == ("anna@example.org", "Reset your password")
    assert "30 minutes" in text
    assert reset(world, world.messages.last_token).status == 204
    assert [sign_in(world, password=password).status for password in (PASSWORD, NEW)] == [401, 200]


def test_forgot_password_by_phone_number_sends_sms(world: World) -> None:
    anna(world)
    token = token_of(world, "+31 6 1234 5678")
    [(to, text)] = world.messages.texts
    assert (to, world.messages.emails) == ("+31612345678", [])
    assert len(text) < 160
    assert reset(world, token).status == 204


def test_forgot_password_without_email_sends_sms(world: World) -> None:
    anna(world, email=None)
    assert forgot(world).status == 204
    assert len(world.messages.texts) == 1


def test_forgot_password_does_not_disclose_accounts(world: World, engine: Any) -> None:
    """Same answer, same calls of the store, same letter box; only the letters differ."""
    anna(world)
    anna(world, username="bo", email=None, phone=None)
    disabled = anna(world, username="cy", email="cy@example.org", phone=None)
    where = user_key("demo", disabled.user_id)
    world.run(lambda work: work.update_unread(where, actions=[User.status.set(DISABLED)]))
    seen = []
    for name in ("anna", "bo", "cy", "nobody"):
        calls: list[str] = []
        with engine.before(None, lambda operation, _, calls=calls: calls.append(operation)):
            answer = forgot(world, name)
        seen.append((answer.status, answer.text, sorted(calls), len(world.message_queue.queued)))
    assert seen == [(204, "", seen[0][2], number) for number in (1, 2, 3, 4)]
    assert [letter.to for letter in world.message_queue.queued] == ["anna@example.org", "", "", ""]


@pytest.mark.parametrize("body", [{}, {"identifier": ""}, {"identifier": 7}, {"identifier": "x" * 255}])
def test_forgot_password_requires_identifier(world: World, body: dict[str, Any]) -> None:
    answer = world.call("POST", "/v1/auth/forgot-password", body)
    assert (answer.status, set(answer.fields)) == (422, {"identifier"})


def test_reset_token_is_stored_as_hash(world: World) -> None:
    anna(world)
    token = token_of(world)
    kept = repr([item for table in ("identity", "edge", "system_audit_trail") for item in everything(table)])
    assert token not in kept
    assert token not in repr(world.message_queue.queued)


# --- reset -----------------------------------------------------------------------------------------------------


def test_reset_token_is_single_use(world: World) -> None:
    anna(world)
    token = token_of(world)
    assert reset(world, token).status == 204
    again = reset(world, token, "yet another password")
    assert (again.status, again.code) == (401, "AUTH_INVALID")
    assert sign_in(world, password=NEW).status == 200


def test_concurrent_uses_of_reset_token_have_one_winner(world: World) -> None:
    anna(world)
    token = token_of(world)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda number: reset(world, token, f"a new password {number}"), range(10)))
    assert sorted(answer.status for answer in answers) == [204] + [401] * 9
    [won] = [number for number, answer in enumerate(answers) if answer.status == 204]
    assert sign_in(world, password=f"a new password {won}").status == 200


def test_reset_token_expires_after_half_an_hour(world: World) -> None:
    anna(world)
    first = token_of(world)
    world.clock.advance(minutes=29, seconds=59)
    second = token_of(world)
    world.clock.advance(seconds=1)
    assert reset(world, first).status == 401
    assert reset(world, second).status == 204


def test_used_reset_token_invalidates_the_others(world: World) -> None:
    anna(world)
    first = token_of(world)
    world.clock.advance(minutes=1)
    second = token_of(world)
    assert reset(world, second).status == 204
    assert reset(world, first, "yet another password").status == 401


def test_newer_reset_token_ends_the_older_one(world: World) -> None:
    anna(world)
    first = token_of(world)
    world.clock.advance(minutes=1)
    second = token_of(world, "anna@example.org")
    assert reset(world, first).code == "AUTH_INVALID"
    assert reset(world, second).status == 204


def test_one_message_a_minute_is_sent_and_the_token_in_it_stays_valid(world: World) -> None:
    anna(world)
    token = token_of(world)
    world.clock.advance(seconds=59)
    for name in ("anna", "anna@example.org", "+31612345678"):
        assert forgot(world, name).status == 204
    assert (len(world.messages.emails), len(world.messages.texts)) == (1, 0)
    assert reset(world, token).status == 204


def test_five_messages_an_hour_are_sent(world: World) -> None:
    anna(world)
    sent = []
    for _ in range(70):
        assert forgot(world).status == 204
        sent.append(len(world.messages.emails))
        world.clock.advance(minutes=1)
    assert sent == [1, 2, 3, 4, *[5] * 56, 6, 7, 8, 9, *[10] * 6]


def test_concurrent_requests_send_one_message(world: World) -> None:
    anna(world)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: forgot(world), range(8)))
    assert [answer.status for answer in answers] == [204] * 8
    assert len(world.messages.emails) == 1
    assert reset(world, world.messages.last_token).status == 204


@pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"phone": "+31687654321"}, {"email": None}])
def test_changed_address_ends_reset_token(world: World, change: dict[str, Any]) -> None:
    person, admin = anna(world), world.person("SYSTEM_ADMIN")
    token = token_of(world)
    assert admin.patch(f"/v1/users/{person.user_id}", {"team": "Night"}).status == 200
    assert admin.patch(f"/v1/users/{person.user_id}", change).status == 200
    assert reset(world, token).code == "AUTH_INVALID"


@pytest.mark.parametrize("change", [{"email": "new@example.org"}, {"phone": "+31687654321"}, {"email": None}])
def test_address_that_is_changed_back_does_not_revive_a_reset_token(world: World, change: dict[str, Any]) -> None:
    user = anna(world)
    token = token_of(world)
    admin, path = world.person("SYSTEM_ADMIN"), f"/v1/users/{user.user_id}"
    before = admin.get(path).json["data"]
    for values in (change, {name: before[name] for name in change}):
        assert admin.patch(path, values).status == 200
    assert reset(world, token).code == "AUTH_INVALID"
    world.clock.advance(minutes=2)
    assert reset(world, token_of(world)).status == 204


def test_requests_about_unknown_names_leave_no_audit_row(world: World) -> None:
    for org_id in ("-", "demo", ""):
        before = len(world.audit(org_id))
        assert forgot(world, "nobody").status == 204
        assert len(world.audit(org_id)) == before


@pytest.mark.parametrize("token", ["x" * 43, "-", "demo.s1." + "s" * 43, "#", "é" * 20])
def test_invalid_reset_token_is_refused(world: World, token: str) -> None:
    anna(world)
    assert reset(world, token).code == "AUTH_INVALID"


def test_reset_token_of_unknown_name_is_refused(world: World) -> None:
    world.clock.advance(seconds=1)
    assert forgot(world, "nobody").status == 204
    assert not world.messages.emails
    assert not world.messages.texts


def test_disabled_user_cannot_reset_password(world: World) -> None:
    person = anna(world)
    token = token_of(world)
    where = user_key("demo", person.user_id)
    world.run(lambda work: work.update_unread(where, actions=[User.status.set(DISABLED)]))
    assert reset(world, token).status == 401


@pytest.mark.parametrize(
    "password",
    ["short", "nine char", "Password123", "QWERTYUIOP", "1234567890", "anna@example.org", "aaaaaaaaaaaa", "x" * 129],
)
def test_weak_password_is_refused_and_token_stays_valid(world: World, password: str) -> None:
    anna(world)
    token = token_of(world)
    answer = reset(world, token, password)
    assert (answer.status, set(answer.fields)) == (422, {"newPassword"})
    assert password not in answer.text
    assert reset(world, token).status == 204


def test_reset_password_ends_all_sessions(world: World) -> None:
    anna(world)
    sessions = [signed_in(world) for _ in range(2)]
    reset(world, token_of(world))
    for tokens in sessions:
        assert not may_call(world, tokens["accessToken"])
        assert refresh(world, tokens["refreshToken"]).status == 401
    assert may_call(world, signed_in(world, password=NEW)["accessToken"])


def test_reset_password_ends_lockout(world: World) -> None:
    anna(world)
    wrong(world, 5)
    assert sign_in(world).status == 423
    token = token_of(world)
    world.clock.advance(seconds=1)
    assert reset(world, token).status == 204
    assert sign_in(world, password=NEW).status == 200


def test_concurrent_login_fails_after_reset(world: World, engine: Any) -> None:
    """It checked the old password, which a moment later was no longer the password."""
    anna(world)
    token = token_of(world)
    once = engine.before("TransactWriteItems", lambda *_: reset(world, token), times=1)
    with once:
        tokens = signed_in(world)
    assert not may_call(world, tokens["accessToken"])
    assert refresh(world, tokens["refreshToken"]).status == 401


def test_reset_password_is_audited_without_secrets(world: World) -> None:
    person = anna(world)
    token = token_of(world)
    reset(world, token)
    rows = [row for row in world.audit() if row.action_type.startswith("PASSWORD_RESET")]
    assert {(row.action_type, row.actor_id, row.entity_id) for row in rows} == {
        (action, person.user_id, person.user_id) for action in ("PASSWORD_RESET_REQUESTED", "PASSWORD_RESET")
    }
    told = repr([row.attribute_values for row in rows])
    assert not [secret for secret in (token, NEW, "argon2") if secret in told]


# --- changed ---------------------------------------------------------------------------------------------------


def change(world: World, token: str, current: str = PASSWORD, new: str = NEW) -> Answer:
    body = {"currentPassword": current, "newPassword": new}
    return world.call("POST", "/v1/me/password", body, token=token)


def test_change_password_ends_all_other_sessions(world: World) -> None:
    anna(world)
    here, there = signed_in(world), signed_in(world)
    assert change(world, here["accessToken"]).status == 204
    assert may_call(world, here["accessToken"])
    assert refresh(world, here["refreshToken"]).status == 200
    assert not may_call(world, there["accessToken"])
    assert refresh(world, there["refreshToken"]).status == 401
    assert [sign_in(world, password=password).status for password in (PASSWORD, NEW)] == [401, 200]


def test_change_password_requires_current_password(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    answer = change(world, tokens["accessToken"], current="not the password")
    assert (answer.status, answer.fields) == (422, {"currentPassword": "is not your password"})
    assert sign_in(world).status == 200


def test_wrong_current_passwords_lock_the_session_out_of_the_change(world: World) -> None:
    anna(world)
    tokens = signed_in(world)
    for _ in range(5):
        world.clock.advance(seconds=1)
        assert change(world, tokens["accessToken"], current="not the password").status == 422
    assert change(world, tokens["accessToken"]).code == "ACCOUNT_LOCKED"
    assert sign_in(world).status == 200
    world.clock.advance(minutes=15)
    assert change(world, tokens["accessToken"]).status == 204


@pytest.mark.parametrize("new", ["short", "Password123", "anna@example.org"])
def test_change_password_refuses_weak_password(world: World, new: str) -> None:
    anna(world)
    answer = change(world, signed_in(world)["accessToken"], new=new)
    assert (answer.status, set(answer.fields)) == (422, {"newPassword"})
    assert sign_in(world).status == 200


@pytest.mark.parametrize("new", [PASSWORD, "\uff43" + PASSWORD[1:]])
def test_unchanged_password_is_refused(world: World, new: str) -> None:
    anna(world)
    answer = change(world, signed_in(world)["accessToken"], new=new)
    assert (answer.status, answer.fields) == (422, {"newPassword": "is your present password"})
    token = token_of(world)
    again = reset(world, token, new)
    assert (again.status, again.fields) == (422, {"newPassword": "is your present password"})


@pytest.mark.parametrize("new", ["my name is ANNA", "my dear Courier", "all of demo knows"])
def test_change_password_refuses_names_of_user_and_organisation(world: World, new: str) -> None:
    anna(world)
    answer = change(world, signed_in(world)["accessToken"], new=new)
    assert (answer.status, set(answer.fields)) == (422, {"newPassword"})
    assert "must not contain" in answer.fields["newPassword"]


def test_change_password_requires_both_passwords(world: World) -> None:
    anna(world)
    token = signed_in(world)["accessToken"]
    answer = world.call("POST", "/v1/me/password", {}, token=token)
    assert set(answer.fields) == {"currentPassword", "newPassword"}
    assert world.call("POST", "/v1/me/password", {}).code == "AUTH_REQUIRED"


def test_change_password_is_replayed_by_idempotency_key(world: World) -> None:
    anna(world)
    token = signed_in(world)["accessToken"]
    body, key = {"currentPassword": PASSWORD, "newPassword": NEW}, {"Idempotency-Key": "once"}
    answers = [world.call("POST", "/v1/me/password", body, token=token, headers=key) for _ in range(2)]
    assert [answer.status for answer in answers] == [204, 204]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_change_password_invalidates_reset_tokens(world: World) -> None:
    anna(world)
    reset_token = token_of(world)
    change(world, signed_in(world)["accessToken"])
    assert reset(world, reset_token, "yet another password").status == 401
