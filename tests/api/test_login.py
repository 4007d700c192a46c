"""Login and refresh in the forms of both kinds of clients."""

from typing import Any

import pytest

from chalicelib.core.settings import Settings
from chalicelib.identity.accounts.passwords import hasher, matches
from infra.local.engine import EmbeddedEngine
from tests.builders.sign_in import CONSOLE, PASSWORD, SCANNER, Form, create_anna, disable, hashed, works
from tests.builders.world import DEMO, OTHER, Answer, Person, World


@pytest.fixture(params=[CONSOLE, SCANNER], ids=["console", "scanner"])
def form(request: pytest.FixtureRequest) -> Form:
    """Both clients' forms."""
    chosen: Form = request.param
    return chosen


@pytest.fixture
def anna(world: World) -> Person:
    """A user with a password, an e-mail address and a phone number."""
    return create_anna(world)


# --- signing in ------------------------------------------------------------------------------------------------


def test_login_returns_tokens_inside_and_outside_of_envelope(world: World, anna: Person) -> None:
    answer = CONSOLE.login(world)
    access, refresh = CONSOLE.tokens(answer)
    issued = {"accessToken": access, "refreshToken": refresh, "expiresIn": 3600}
    issued |= {"userId": anna.user_id, "mustChangePassword": False}
    assert answer.json == {**issued, "data": issued, "success": True}
    assert works(world, access)


def test_scanner_login_returns_tokens_and_user(world: World, anna: Person) -> None:
    answer = SCANNER.login(world)
    access, refresh = SCANNER.tokens(answer)
    assert answer.json == {
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": 3600,
        "role": "customer",
        "company_id": DEMO,
        "user_id": anna.user_id,
        "token": access,
        "must_change_password": False,
    }
    assert works(world, access)


@pytest.mark.parametrize(
    "name", ["anna", " ANNA ", "anna@example.org", "Anna@EXAMPLE.org", "+31612345678", "+31 6 12-34-56-78"]
)
def test_login_by_any_login_name_in_any_spelling(world: World, anna: Person, form: Form, name: str) -> None:
    assert works(world, form.tokens(form.login(world, name))[0])


@pytest.mark.parametrize("field", ["identifier", "username", "email"])
def test_login_accepts_any_name_field(world: World, anna: Person, field: str) -> None:
    answer = world.call("POST", "/v1/auth/login", {field: "anna", "password": PASSWORD})
    assert answer.status == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"identifier", "password"}),
        ({"identifier": None, "password": PASSWORD}, {"identifier"}),
        ({"identifier": "", "password": ""}, {"identifier", "password"}),
        ({"identifier": "anna", "password": 7}, {"password"}),
        ({"identifier": "x" * 255, "password": "x" * 257}, {"identifier", "password"}),
    ],
)
def test_login_names_invalid_fields(world: World, body: dict[str, Any], fields: set[str]) -> None:
    answer = world.call("POST", "/v1/auth/login", body)
    assert (answer.status, set(answer.fields)) == (422, fields)


def test_wrong_password_unknown_name_and_disabled_user_get_same_error(world: World, anna: Person, form: Form) -> None:
    world.person("customer", username="gone", password_hash=hashed())
    disable(world, "gone")
    refused = [
        form.login(world, "anna", "wrong"),
        form.login(world, "nobody"),
        form.login(world, "gone"),
        form.login(world, "ﷺ" * 254),
        form.login(world, "a#b%23\x00"),
    ]
    assert {(answer.status, answer.code) for answer in refused[:4]} == {(401, "AUTH_INVALID")}
    assert len({answer.text for answer in refused[:4]}) == 1
    assert refused[4].status in (401, 422)


def test_login_name_is_unique_across_organisations(world: World, anna: Person) -> None:
    with pytest.raises(Exception, match="user name is already in use"):
        world.person("customer", OTHER, username="ANNA")


def test_each_login_starts_a_session(world: World, anna: Person, form: Form) -> None:
    phone, tablet = (form.tokens(form.login(world)) for _ in range(2))
    assert form.logout(world, *phone).status == 204
    assert (works(world, phone[0]), works(world, tablet[0])) == (False, True)


def test_login_checks_argon2id_hash() -> None:
    real = hasher(Settings().password_memory_kib).hash(PASSWORD)
    assert real.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(real, PASSWORD)
    assert not matches(hashed(), PASSWORD + " ")
    assert not matches("no hash at all", PASSWORD)
    assert not matches(None, "the password of nobody")


# --- staying signed in -----------------------------------------------------------------------------------------


def test_refresh_returns_new_tokens(world: World, anna: Person, form: Form) -> None:
    access, refresh = form.tokens(form.login(world))
    world.clock.advance(seconds=3600 + 31)
    assert not works(world, access)
    answer = form.renew(world, refresh)
    new_access, new_refresh = form.tokens(answer)
    assert answer.json[form.life] == 3600
    assert new_refresh != refresh
    assert works(world, new_access)


def test_refresh_extends_session(world: World, anna: Person, form: Form) -> None:
    access, refresh = form.tokens(form.login(world))
    for _ in range(3):
        world.clock.advance(days=29)
        access, refresh = form.tokens(form.renew(world, refresh))
    assert works(world, access)


def test_refresh_token_of_expired_session_is_expired(world: World, anna: Person, form: Form) -> None:
    _, refresh = form.tokens(form.login(world))
    world.clock.advance(days=30)
    answer = form.renew(world, refresh)
    assert (answer.status, answer.code) == (401, "AUTH_EXPIRED")


def test_old_refresh_token_ends_session(world: World, anna: Person, form: Form) -> None:
    _, stolen = form.tokens(form.login(world))
    _, parent = form.tokens(form.renew(world, stolen))
    access, refresh = form.tokens(form.renew(world, parent))
    world.clock.advance(seconds=30)
    assert works(world, access)
    answer = form.renew(world, stolen)
    assert (answer.status, answer.code) == (401, "AUTH_INVALID")
    assert not works(world, access)
    assert form.renew(world, refresh).status == 401
    ended = [row for row in world.audit() if row.action_type == "SESSION_ENDED"]
    assert ["REFRESH_TOKEN_REUSED" in (row.payload_diff or "") for row in ended] == [True]


def test_concurrent_refreshes_return_same_token(world: World, anna: Person, engine: EmbeddedEngine, form: Form) -> None:
    _, refresh = form.tokens(form.login(world))
    first: list[Answer] = []
    engine.before("TransactWriteItems", lambda *_: first.append(form.renew(world, refresh)), times=1)
    second = form.tokens(form.renew(world, refresh))
    assert second[1] == form.tokens(first[0])[1]
    assert works(world, second[0])
    assert works(world, form.tokens(first[0])[0])


@pytest.mark.parametrize("token", ["", "x", "demo.u1.s1.short", "demo.u1.no-such-session." + "s" * 43, "x" * 513])
def test_invalid_refresh_token_is_refused(world: World, anna: Person, form: Form, token: str) -> None:
    answer = form.renew(world, token)
    assert (answer.status, answer.code) in ((401, "AUTH_INVALID"), (422, "VALIDATION_ERROR"))


def test_access_token_is_not_accepted_as_refresh_token(world: World, anna: Person, form: Form) -> None:
    access, refresh = form.tokens(form.login(world))
    assert form.renew(world, access).code in ("AUTH_INVALID", "VALIDATION_ERROR")
    org_id, user_id, session_id, _ = refresh.split(".")
    assert form.renew(world, f"{org_id}.{user_id}.{session_id}.{'s' * 43}").code == "AUTH_INVALID"
    assert form.renew(world, refresh).status == 200


def test_disabled_user_cannot_refresh(world: World, anna: Person, form: Form) -> None:
    _, refresh = form.tokens(form.login(world))
    disable(world, "anna")
    assert form.renew(world, refresh).code == "AUTH_INVALID"
