"""One-time passwords: whoever signs in with one may only change it, until it is changed."""

import re

import pytest

import app
from chalicelib.edge.endpoint import Endpoint
from tests.builders.sign_in import CONSOLE, SCANNER, Form
from tests.builders.world import Person, World

ADMIN = "SYSTEM_ADMIN"
NEW = "seven quiet rivers"
ALLOWED = {"GET /v1/me", "POST /v1/me/password", "POST /v1/auth/logout", "POST /auth/logout"}
GUARDED = [one for routes in app.ROUTES for one in routes.endpoints if not one.public]


@pytest.fixture
def password(world: World) -> str:
    """The one-time password of a new user, mara."""
    body = {"username": "mara", "fullName": "Mara Kuipers", "role": ADMIN}
    return str(world.person(ADMIN).post("/v1/users", body).json["data"]["oneTimePassword"])


def signed_in(world: World, password: str, form: Form = CONSOLE) -> Person:
    answer = form.login(world, "mara", password)
    return Person(world, "demo", "", ADMIN, "", form.tokens(answer)[0])


def change(person: Person, password: str) -> int:
    return person.post("/v1/me/password", {"currentPassword": password, "newPassword": NEW}).status


@pytest.mark.parametrize("endpoint", GUARDED, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}")
def test_with_a_one_time_password_only_the_password_can_be_changed(
    world: World, password: str, endpoint: Endpoint
) -> None:
    mara = signed_in(world, password)
    path = re.sub(r"{\w+}", "nothing", endpoint.path)
    answer = world.call(endpoint.method, path, {} if endpoint.takes_body else None, token=mara.token)
    is_allowed = f"{endpoint.method} {endpoint.path}" in ALLOWED
    if is_allowed:
        assert answer.status in (200, 204, 422), answer
    else:
        assert (answer.status, answer.code) == (403, "PASSWORD_CHANGE_REQUIRED")


@pytest.mark.parametrize(
    ("form", "field"), [(CONSOLE, "mustChangePassword"), (SCANNER, "must_change_password")], ids=["console", "scanner"]
)
def test_sign_in_and_refresh_tell_until_the_password_is_changed(
    world: World, password: str, form: Form, field: str
) -> None:
    first = form.login(world, "mara", password)
    again = form.renew(world, form.tokens(first)[1])
    assert (first.json[field], again.json[field]) == (True, True)
    mara = Person(world, "demo", "", ADMIN, "", form.tokens(again)[0])
    assert mara.get("/v1/me").json["mustChangePassword"] is True
    assert change(mara, password) == 204
    assert mara.get("/v1/me").json["mustChangePassword"] is False
    assert mara.get("/v1/users").status == 200
    assert form.login(world, "mara", NEW).json[field] is False


def test_password_of_an_administrators_reset_has_to_be_changed(world: World, password: str) -> None:
    mara = signed_in(world, password)
    change(mara, password)
    admin = world.person(ADMIN)
    user_id = mara.get("/v1/me").json["user"]["id"]
    answer = admin.patch(f"/v1/users/{user_id}", {"resetPassword": True})
    again = signed_in(world, answer.json["data"]["oneTimePassword"])
    assert again.get("/v1/users").code == "PASSWORD_CHANGE_REQUIRED"


def test_missing_permission_is_told_before_the_password_change(world: World) -> None:
    body = {"username": "tess", "fullName": "Tess Blom", "role": "courier"}
    password = world.person(ADMIN).post("/v1/users", body).json["data"]["oneTimePassword"]
    token = CONSOLE.tokens(CONSOLE.login(world, "tess", password))[0]
    assert world.call("GET", "/v1/users", token=token).code == "ACCESS_DENIED"
    assert world.call("GET", "/v1/courier/active-order", token=token).code == "PASSWORD_CHANGE_REQUIRED"


def test_socket_opens_only_after_the_password_change(world: World) -> None:
    body = {"username": "tess", "fullName": "Tess Blom", "role": "courier"}
    password = world.person(ADMIN).post("/v1/users", body).json["data"]["oneTimePassword"]
    token = CONSOLE.tokens(CONSOLE.login(world, "tess", password))[0]
    refused = world.connect("socket-1", token, "courier")
    assert (refused["statusCode"], "PASSWORD_CHANGE_REQUIRED" in refused["body"]) == (403, True)
    assert change(Person(world, "demo", "", "courier", "", token), password) == 204
    assert world.connect("socket-2", token, "courier")["statusCode"] == 200


def test_password_that_an_administrator_chose_need_not_be_changed(world: World) -> None:
    body = {"username": "tess", "fullName": "Tess Blom", "role": "courier", "password": NEW}
    assert world.person(ADMIN).post("/v1/users", body).status == 201
    answer = CONSOLE.login(world, "tess", NEW)
    assert answer.json["mustChangePassword"] is False
    assert world.call("GET", "/v1/courier/active-order", token=answer.json["accessToken"]).status == 200


def test_refused_request_before_the_change_is_audited(world: World, password: str) -> None:
    mara = signed_in(world, password)
    assert mara.post("/v1/users", {}).code == "PASSWORD_CHANGE_REQUIRED"
    assert world.audit()[-1].outcome == "PASSWORD_CHANGE_REQUIRED"
