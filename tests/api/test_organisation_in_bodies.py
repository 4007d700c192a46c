"""Every body may name the caller's organisation; another one is refused."""

import json

import pytest

import app
from chalicelib.edge.endpoint import Endpoint
from tests.api.test_every_route import DOCUMENT, example_body
from tests.builders.forms import Field, form
from tests.builders.world import World

ADMIN = "SYSTEM_ADMIN"
NAMES = ("company_id", "org_id", "organization")
USER = {"username": "new", "fullName": "New", "role": "QA", "password": "seven quiet rivers"}
BODIES = [
    endpoint
    for routes in app.ROUTES
    for endpoint in routes.endpoints
    if not endpoint.public and endpoint.takes_body and not endpoint.form
]


@pytest.mark.parametrize("name", NAMES)
def test_a_matching_organisation_is_accepted(world: World, name: str) -> None:
    answer = world.person(ADMIN).post("/v1/users", {**USER, name: "demo"})
    assert answer.status == 201, answer


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["other", "", 7, ["demo"], {"id": "demo"}])
def test_another_organisation_is_403(world: World, name: str, value: object) -> None:
    answer = world.person(ADMIN).post("/v1/users", {**USER, name: value})
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED")
    assert answer.json["error"]["details"] == {"field": name}


def test_null_names_no_organisation(world: World) -> None:
    assert world.person(ADMIN).post("/v1/users", {**USER, "org_id": None}).status == 201


@pytest.mark.parametrize("endpoint", BODIES, ids=lambda one: f"{one.method} {one.path}")
def test_another_organisation_is_refused_everywhere_before_an_unknown_item(world: World, endpoint: Endpoint) -> None:
    path = endpoint.path.replace("{", "").replace("}", "")
    body = {**example_body(endpoint), "company_id": "other"}
    answer = world.call(endpoint.method, path, body, token=world.person(ADMIN).token, headers={"if_match": "1"})
    assert (answer.status, answer.code) == (403, "ACCESS_DENIED"), answer


def test_invalid_fields_come_before_another_organisation(world: World) -> None:
    answer = world.person(ADMIN).post("/v1/users", {**USER, "role": 7, "company_id": "other"})
    assert (answer.status, list(answer.fields)) == (422, ["role"])


def test_unknown_fields_are_still_refused(world: World) -> None:
    answer = world.person(ADMIN).post("/v1/users", {**USER, "company_id": "demo", "companyId": "demo"})
    assert answer.fields == {"companyId": "is not expected here"}


def test_all_other_values_stay_as_they_were_sent(world: World) -> None:
    raw = b'{"org_id": "demo", "permissions": [], "code": "\\u006biosk", "name": "Stra\\u00dfe \xc3\xa9"}'
    answer = world.call("POST", "/v1/roles", raw=raw, token=world.person(ADMIN).token)
    assert (answer.status, answer.json["data"]["code"], answer.json["data"]["name"]) == (201, "kiosk", "Straße é")


def test_broken_json_with_an_organisation_is_400(world: World) -> None:
    for raw in (b'{"org_id": "demo", ', b'"org_id"x', b'{"org_id": "\xff"}', b"[" * 100_000 + b'"org_id"'):
        answer = world.call("POST", "/v1/users", raw=raw, token=world.person(ADMIN).token)
        assert (answer.status, answer.code) == (400, "MALFORMED_JSON"), raw[:40]


@pytest.mark.parametrize(("sent", "status"), [("demo", 404), ("other", 403)])
def test_forms_may_name_the_organisation_too(world: World, sent: str, status: int) -> None:
    fields = {"workOrderId": "none", "kind": "ISSUE", "org_id": sent}
    kind, raw = form(Field("file", b"x", "a.jpg"), *(Field(name, value) for name, value in fields.items()))
    token = world.person(ADMIN).token
    answer = world.call("POST", "/v1/uploads/photos", raw=raw, token=token, headers={"content_type": kind})
    assert answer.status == status, answer


def test_sign_in_accepts_an_organisation(world: World) -> None:
    body = {"identifier": "nobody", "password": "wrong", "organization": "demo"}
    assert world.call("POST", "/v1/auth/login", body).status == 401


def test_the_description_names_the_fields() -> None:
    assert all(f"`{name}`" in json.dumps(DOCUMENT["info"]["description"]) for name in NAMES)
