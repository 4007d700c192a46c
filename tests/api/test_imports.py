"""Imports of many records in one request, tested with the dataset `users`."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

import app
from chalicelib.core.settings import settings
from chalicelib.edge.imports import MAX_RECORDS, TRY_AGAIN
from chalicelib.edge.openapi.document import document
from chalicelib.identity.accounts import passwords
from chalicelib.identity.accounts.queries import all_users
from infra.local.engine import EmbeddedEngine
from infra.local.gateway_http import Call, Gateway
from tests.builders.imports import outcome
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
PASSWORD = "seven quiet rivers"
USERS = "/v1/imports/users"


def record(username: str, **fields: Any) -> dict[str, Any]:
    """Return the record of a person; one with a password can be created."""
    return {"username": username, "role": "picker", "full_name": f"Person {username}", **fields}


def load(person: Person, *records: object, **headers: str) -> Answer:
    return person.post(USERS, {"records": list(records)}, **headers)


def settled(world: World, count: int, org_id: str = DEMO) -> list[str]:
    """Return that many user names."""
    names = [f"{org_id}-{number}" for number in range(count)]
    for name in names:
        world.person("picker", org_id, username=name)
    return names


def people(org_id: str = DEMO) -> dict[str, dict[str, Any]]:
    return {user.username: dict(user.attribute_values) for user in all_users(org_id)}


def sign_in(world: World, name: str, password: str) -> int:
    return world.call("POST", "/v1/auth/login", {"identifier": name, "password": password}).status


def test_records_are_created_updated_or_reported_as_rejected(world: World) -> None:
    admin = world.person(ADMIN)
    [old] = settled(world, 1)
    answer = load(
        admin,
        record("anna", password=PASSWORD, email="Anna@Example.org", phone="+31 6 1234 5678", skills=["forklift"]),
        record(old, full_name="Another Name", team="Night"),
        record("two words", password=PASSWORD, email="nobody"),
        "no record",
        record("bo"),
        record("cas", password=PASSWORD, role="emperor"),
    )
    assert answer.status == 207
    created, updated, rejected = outcome(answer)
    assert (created, updated) == (1, 1)
    assert {index: sorted(fields) for index, fields in rejected.items()} == {
        2: ["email", "username"],
        3: ["record"],
        4: ["password"],
        5: ["role"],
    }
    found = people()
    assert found["anna"]["phone"] == "+31612345678"
    assert found["anna"]["skills"] == ["forklift"]
    assert (found[old]["full_name"], found[old]["team"]) == ("Another Name", "Night")
    for name in ("anna", "anna@example.org", "+31612345678"):
        assert sign_in(world, name, PASSWORD) == 200


def test_an_import_without_rejected_records_is_200(world: World) -> None:
    answer = load(world.person(ADMIN), record("anna", password=PASSWORD))
    assert (answer.status, outcome(answer)) == (200, (1, 0, {}))


def test_an_import_without_records_changes_nothing(world: World) -> None:
    answer = load(world.person(ADMIN))
    assert (answer.status, outcome(answer)) == (200, (0, 0, {}))


def test_an_omitted_field_is_kept_and_null_removes_it(world: World) -> None:
    admin = world.person(ADMIN)
    world.person("picker", username="anna", team="Night", game_zone="North")
    assert outcome(load(admin, record("anna", team=None))) == (0, 1, {})
    assert people()["anna"].get("team") is None
    assert people()["anna"]["game_zone"] == "North"


def test_a_new_password_ends_the_sessions_and_an_omitted_one_is_kept(world: World) -> None:
    admin = world.person(ADMIN)
    hashed = passwords.hash_password(PASSWORD)
    anna = world.person("picker", username="anna", password_hash=hashed)
    assert outcome(load(admin, record("anna", team="Night"), record("anna", password=PASSWORD))) == (0, 2, {})
    assert anna.get("/v1/me").status == 200
    assert outcome(load(admin, record("anna", password="nine loud mountains"))) == (0, 1, {})
    assert anna.get("/v1/me").status == 401
    assert sign_in(world, "anna", PASSWORD) == 401
    assert sign_in(world, "anna", "nine loud mountains") == 200


@pytest.mark.parametrize("password", ["short", "1234567890", "fuck_inside", "the demo people"])
def test_a_common_password_is_refused(world: World, password: str) -> None:
    [old] = settled(world, 1)
    answer = load(world.person(ADMIN), record("anna", password=password), record(old, password=password))
    assert {index: list(fields) for index, fields in outcome(answer)[2].items()} == {0: ["password"], 1: ["password"]}


def test_an_import_has_at_most_500_records(world: World) -> None:
    admin = world.person(ADMIN)
    answer = load(admin, *[{"n": number} for number in range(MAX_RECORDS)])
    assert answer.status == 207
    assert list(outcome(answer)[2]) == list(range(MAX_RECORDS))
    too_many = load(admin, *[{}] * (MAX_RECORDS + 1))
    assert (too_many.status, too_many.fields) == (422, {"records": "must have at most 500 entries"})


@pytest.mark.parametrize("body", [{}, {"records": None}, {"records": {}}, []])
def test_a_body_without_records_is_422(world: World, body: object) -> None:
    assert world.person(ADMIN).post(USERS, body).status == 422


def test_records_with_the_same_key_are_processed_in_order(world: World) -> None:
    admin = world.person(ADMIN)
    some = [record("anna", password=PASSWORD), *[record("ANNA", team=f"Team {number}") for number in range(10)]]
    assert outcome(load(admin, *some)) == (1, 10, {})
    assert people()["ANNA"]["team"] == "Team 9"


def test_a_superior_may_follow_in_a_later_record(world: World) -> None:
    admin = world.person(ADMIN)
    names = settled(world, 4)
    chain = [record(name, reports_to=above) for name, above in zip(names, [*names[1:], "boss"], strict=True)]
    assert outcome(load(admin, *chain, record("boss", password=PASSWORD))) == (1, 4, {})
    found = people()
    for name, above in zip(names, [*names[1:], "boss"], strict=True):
        assert found[name]["reports_to"] == found[above]["user_id"]


def test_an_unknown_superior_is_reported(world: World) -> None:
    stranger = world.person("supervisor", OTHER, username="stranger")
    first, second = settled(world, 2)
    answer = load(
        world.person(ADMIN), record(first, reports_to="stranger"), record(second, reports_to=stranger.user_id)
    )
    assert {index: list(fields) for index, fields in outcome(answer)[2].items()} == {
        0: ["reports_to"],
        1: ["reports_to"],
    }


def test_concurrent_imports_create_each_person_once(world: World) -> None:
    first, second = world.person(ADMIN), world.person(ADMIN)
    some = [record(f"new-{number}", password=PASSWORD) for number in range(4)]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda admin: outcome(load(admin, *some)), (first, second)))
    assert [rejected for _, _, rejected in answers] == [{}, {}]
    assert sum(created for created, _, _ in answers) == 4
    assert sum(updated for _, updated, _ in answers) == 4


@pytest.mark.parametrize("org_id", [DEMO, OTHER])
@pytest.mark.parametrize(
    ("field", "value"), [("email", "m@Example.org"), ("phone", "+31 612345678"), ("username", "mara")]
)
def test_names_of_another_organisation_are_refused_without_details(
    world: World, org_id: str, field: str, value: str
) -> None:
    known = {"username": "mara", "email": "M@example.org", "phone": "+31612345678"}
    known = known if field == "username" else {"username": "mara", field: known[field]}
    world.person("supervisor", org_id, **known)
    fields = {"username": "anna", "password": PASSWORD, field: value}
    answer = load(world.person(ADMIN), record(**fields))
    created, updated, rejected = outcome(answer)
    if (org_id, field) == (DEMO, "username"):
        assert (created, updated, rejected) == (0, 1, {})
        return
    assert (created, updated, list(rejected[0])) == (0, 0, [field])
    assert "mara" not in answer.text.lower()
    assert "anna" not in people()


def test_the_email_of_one_person_cannot_be_the_user_name_of_another(world: World) -> None:
    world.person("picker", username="mara", email="mara@example.org")
    answer = load(world.person(ADMIN), record("mara@example.org", full_name="Not Mara"))
    assert list(outcome(answer)[2][0]) == ["username"]


def test_people_of_another_organisation_are_unchanged(world: World) -> None:
    [theirs] = settled(world, 1, OTHER)
    before = people(OTHER)
    assert outcome(load(world.person(ADMIN), record(theirs, password=PASSWORD)))[:2] == (0, 0)
    assert people(OTHER) == before


def test_an_import_requires_its_permission(world: World) -> None:
    answer = load(world.person("supervisor"), record("anna", password=PASSWORD))
    assert (answer.status, answer.json["error"]["details"]) == (403, {"permission": "identity.user.import"})
    assert "anna" not in people()


def test_an_unknown_dataset_is_404(world: World) -> None:
    call = Call("POST", "/v1/imports/nothing", {}, b'{"records": []}', "127.0.0.1")
    assert Gateway(app.app).answer(call).status == 404


def test_the_last_administrator_cannot_lose_the_role(world: World) -> None:
    admin = world.person(ADMIN, username="root")
    answer = load(admin, record("root", role="picker"))
    assert outcome(answer) == (
        0,
        0,
        {0: {"record": "No other active user can manage roles. Grant that permission to another user first."}},
    )
    assert admin.get("/v1/users").status == 200


def test_every_record_and_the_import_have_an_audit_row(world: World) -> None:
    admin = world.person(ADMIN)
    [old] = settled(world, 1)
    load(admin, record(old, team="Night"), record("anna", password=PASSWORD), record("bo"), {"username": "cas"})
    rows = [row for row in world.audit() if row.actor_id == admin.user_id]
    done = [(row.entity_type, row.action_type, row.outcome) for row in rows]
    assert sorted(done) == [
        ("import", "RECORDS_IMPORTED", "OK"),
        ("user", "USER_CREATED", "OK"),
        ("user", "USER_IMPORTED", "VALIDATION_ERROR"),
        ("user", "USER_IMPORTED", "VALIDATION_ERROR"),
        ("user", "USER_UPDATED", "OK"),
    ]
    assert {row.entity_id for row in rows if row.outcome != "OK"} == {"bo", "cas"}
    assert len({row.request_id for row in rows}) == 1
    assert all(PASSWORD not in str(row.attribute_values) for row in rows)


def test_a_repeated_import_is_replayed(world: World) -> None:
    admin = world.person(ADMIN)
    first = load(admin, record("anna", password=PASSWORD), record("bo"), idempotency_key="k")
    version = people()["anna"]["version"]
    again = load(admin, record("anna", password=PASSWORD), record("bo"), idempotency_key="k")
    assert (again.status, again.text, again.headers["Idempotent-Replayed"]) == (207, first.text, "true")
    assert people()["anna"]["version"] == version
    assert load(admin, record("bo"), idempotency_key="k").code == "IDEMPOTENCY_KEY_REUSED"


def test_the_largest_response_fits_into_its_idempotency_record(world: World) -> None:
    admin = world.person(ADMIN)
    bad = {f"{number}-{'x' * 60}": 1 for number in range(90)}
    answer = load(admin, *[bad] * MAX_RECORDS, idempotency_key="k")
    assert (answer.status, len(outcome(answer)[2])) == (207, MAX_RECORDS)


def test_records_that_the_store_cannot_accept_are_returned_for_a_retry(world: World, engine: EmbeddedEngine) -> None:
    admin = world.person(ADMIN)
    names = settled(world, 3)

    def fail(_: str, request: dict[str, Any]) -> None:
        if names[1] in json.dumps(request) or "Team 1" in json.dumps(request):
            raise EndpointConnectionError(endpoint_url="the store")

    records = [record(name, team=f"Team {number}") for number, name in enumerate(names)]
    with engine.before("TransactWriteItems", fail):
        answer = load(admin, *records, idempotency_key="k")
    assert (answer.status, outcome(answer)) == (207, (0, 2, {1: dict(TRY_AGAIN)}))
    assert outcome(load(admin, *records, idempotency_key="k")) == (0, 3, {})


def test_records_beyond_the_time_budget_are_returned_for_a_retry(world: World, engine: EmbeddedEngine) -> None:
    admin = world.person(ADMIN)
    names = settled(world, 40)

    def wait(*_: object) -> None:
        world.clock.advance(seconds=2)

    with engine.before("TransactWriteItems", wait):
        _, updated, rejected = outcome(load(admin, *[record(name, team="Night") for name in names]))
    assert 0 < updated < settings().import_budget_s
    assert list(rejected.values()) == [dict(TRY_AGAIN)] * (40 - updated)


def test_the_api_description_has_the_records_and_both_statuses(world: World) -> None:
    described = document(world.parts.dependencies)
    operation: Any = described["paths"]["/v1/imports/users"]["post"]  # type: ignore[index]
    assert {"200", "207", "401", "403", "422"} <= set(operation["responses"])
    schemas: Any = described["components"]["schemas"]  # type: ignore[index]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    records = schemas[body["$ref"].rpartition("/")[2]]["properties"]["records"]
    assert records["maxItems"] == MAX_RECORDS
    known = schemas[records["items"]["$ref"].rpartition("/")[2]]
    assert known["required"] == ["username", "role", "full_name"]
