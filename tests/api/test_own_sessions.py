"""The list of one's own sessions, and ending them one by one or all at once."""

from datetime import timedelta
from typing import Any

from chalicelib.core.store import get
from chalicelib.identity.accounts.tables import User, user_key
from tests.builders.signing_in import PASSWORD, anna, may_call, refresh, signed_in
from tests.builders.world import OTHER, World

SESSIONS = "/v1/me/sessions"


def sign_in_from(world: World, device: str) -> dict[str, Any]:
    body = {"identifier": "anna", "password": PASSWORD}
    answer = world.call("POST", "/v1/auth/login", body, headers={"user_agent": device})
    assert answer.status == 200, answer.text
    return dict(answer.json)


def listed(world: World, token: str) -> list[dict[str, Any]]:
    answer = world.call("GET", SESSIONS, token=token)
    assert answer.status == 200, answer.text
    assert answer.json["success"] is True
    return list(answer.json["data"])


def session_id(tokens: dict[str, Any]) -> str:
    return str(tokens["refreshToken"].split(".")[2])


def test_list_names_device_address_times_and_the_current_session(world: World) -> None:
    anna(world)
    started = world.clock.now()
    phone = sign_in_from(world, "Phone/1")
    world.clock.advance(hours=1)
    tablet = sign_in_from(world, "Tablet/" + "x" * 300)
    world.clock.advance(minutes=30)
    headers = {"user_agent": "Phone/2"}
    phone = world.call("POST", "/v1/auth/refresh", {"refreshToken": phone["refreshToken"]}, headers=headers).json
    newest, current, _ = listed(world, phone["accessToken"])
    assert (newest["id"], newest["current"], len(newest["device"])) == (session_id(tablet), False, 200)
    assert current == {
        "id": session_id(phone),
        "device": "Phone/2",
        "address": "127.0.0.1",
        "startedAt": stamp(started),
        "lastUsedAt": stamp(started + timedelta(hours=1, minutes=30)),
        "expiresAt": stamp(started + timedelta(days=30, hours=1, minutes=30)),
        "current": True,
    }


def stamp(moment: Any) -> str:
    return str(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))


def test_list_has_valid_sessions_only(world: World) -> None:
    person = anna(world)
    signed_out, idle, here = (signed_in(world) for _ in range(3))
    world.call("POST", "/v1/auth/logout", {"refreshToken": signed_out["refreshToken"]})
    world.clock.advance(days=29)
    here = refresh(world, here["refreshToken"]).json
    world.clock.advance(days=1, minutes=-30)
    assert {one["id"] for one in listed(world, refresh(world, here["refreshToken"]).json["accessToken"])} == {
        session_id(idle),
        session_id(here),
        person.session_id,
    }
    world.clock.advance(minutes=30)
    here = refresh(world, here["refreshToken"]).json
    assert [one["id"] for one in listed(world, here["accessToken"])] == [session_id(here)]


def test_sessions_of_others_are_neither_listed_nor_ended(world: World) -> None:
    person = anna(world)
    for stranger in (world.person("courier"), world.person("courier", OTHER)):
        assert [one["id"] for one in listed(world, stranger.token)] == [stranger.session_id]
        assert stranger.delete(f"{SESSIONS}/{person.session_id}").code == "NOT_FOUND"
        assert stranger.delete(SESSIONS).status == 204
    assert may_call(world, person.token)


def test_ending_one_session(world: World) -> None:
    anna(world)
    here, there = signed_in(world), signed_in(world)
    path = f"{SESSIONS}/{session_id(there)}"
    answer = world.call("DELETE", path, token=here["accessToken"])
    assert (answer.status, answer.text) == (204, "")
    assert (may_call(world, here["accessToken"]), may_call(world, there["accessToken"])) == (True, False)
    assert refresh(world, there["refreshToken"]).code == "AUTH_INVALID"
    assert world.call("DELETE", path, token=here["accessToken"]).status == 404
    assert world.call("DELETE", f"{SESSIONS}/nothing", token=here["accessToken"]).status == 404
    [row] = [row for row in world.audit() if (row.action_type, row.outcome) == ("SESSION_ENDED", "OK")]
    assert row.entity_id == session_id(there)


def test_ending_the_current_session_signs_out(world: World) -> None:
    anna(world)
    here = signed_in(world)
    assert world.call("DELETE", f"{SESSIONS}/{session_id(here)}", token=here["accessToken"]).status == 204
    assert not may_call(world, here["accessToken"])


def test_ending_all_other_sessions_keeps_the_current_one(world: World) -> None:
    person = anna(world)
    here, *others = (signed_in(world) for _ in range(4))
    assert world.call("DELETE", SESSIONS, token=here["accessToken"]).status == 204
    assert may_call(world, here["accessToken"])
    assert refresh(world, here["refreshToken"]).status == 200
    assert not may_call(world, person.token)
    for other in others:
        assert not may_call(world, other["accessToken"])
        assert refresh(world, other["refreshToken"]).status == 401
    assert [one["id"] for one in listed(world, here["accessToken"])] == [session_id(here)]
    assert may_call(world, signed_in(world)["accessToken"])


def test_sessions_end_with_a_role_change_and_not_with_other_changes(world: World) -> None:
    admin, person = world.person("SYSTEM_ADMIN"), anna(world)
    path = f"/v1/users/{person.user_id}"
    assert admin.patch(path, {"team": "Night", "role": "courier"}).status == 200
    assert may_call(world, person.token)
    assert admin.patch(path, {"role": "customer"}).status == 200
    assert not may_call(world, person.token)
    assert may_call(world, signed_in(world)["accessToken"])


def test_import_that_changes_password_or_role_ends_sessions(world: World) -> None:
    admin, person = world.person("SYSTEM_ADMIN"), anna(world)
    record = {"username": "Anna", "role": "courier", "full_name": "Anna", "password": PASSWORD}
    for changes in ({"full_name": "Anna B"}, {"role": "customer"}, {"password": "seven quiet rivers"}):
        user: User | None = get(user_key(person.org_id, person.user_id))
        assert user is not None
        record |= changes
        assert admin.post("/v1/imports/users", {"records": [record]}).json["data"]["updated"] == 1
        after: User | None = get(user_key(person.org_id, person.user_id))
        assert after is not None
        assert (after.session_epoch > user.session_epoch) == ("full_name" not in changes)
