"""What creations, updates and imports disclose about login names of other organisations is limited."""

from typing import Any

import pytest

from chalicelib.identity.accounts.name_probing import MAX_TAKEN, MAX_TAKEN_IN_ORGANISATION
from infra.local.engine import EmbeddedEngine
from tests.builders.imports import flaws, outcome
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
PASSWORD = "seven quiet rivers"
TAKEN, LIMITED = (409, "NAME_TAKEN"), (429, "RATE_LIMITED")


@pytest.fixture
def names(world: World) -> list[str]:
    """More names of another organisation than anybody may find out."""
    return [world.person("courier", OTHER, username=f"name-{number}").user_id for number in range(MAX_TAKEN + 5)]


def create(admin: Person, username: str, **values: Any) -> Answer:
    body = {"username": username, "fullName": "New", "role": "courier", "password": PASSWORD, **values}
    return admin.post("/v1/users", body)


def record(username: str, **values: Any) -> dict[str, Any]:
    return {"username": username, "full_name": "New", "role": "courier", "password": PASSWORD, **values}


def load(admin: Person, *records: dict[str, Any]) -> Answer:
    return admin.post("/v1/imports/users", {"records": list(records)})


def result(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def find_out(admin: Person, count: int = MAX_TAKEN) -> None:
    for number in range(count):
        assert result(create(admin, f"name-{number}")) == TAKEN


def test_after_twenty_taken_names_no_name_can_be_claimed_for_the_rest_of_the_hour(
    world: World, names: list[str]
) -> None:
    admin = world.person(ADMIN)
    find_out(admin)
    taken, free = create(admin, "name-21"), create(admin, "nobody-has-this")
    assert (result(taken), result(free)) == (LIMITED, LIMITED)
    rest_s = 3600 - int(world.clock.now().timestamp()) % 3600
    assert taken.headers["Retry-After"] == str(rest_s) == free.headers["Retry-After"]
    world.clock.advance(seconds=rest_s)
    admin = world.signed_in(admin.org_id, admin.user_id, ADMIN)
    assert (result(create(admin, "name-21")), create(admin, "nobody-has-this").status) == (TAKEN, 201)


def test_updates_and_imports_count_too(world: World, names: list[str]) -> None:
    admin, courier = world.person(ADMIN), world.person("courier", username="mine", full_name="Mine")
    path = f"/v1/users/{courier.user_id}"
    for number in range(8):
        assert result(admin.patch(path, {"username": f"name-{number}"})) == TAKEN
    answer = load(admin, *(record(f"name-{number}") for number in range(8, 18)))
    taken = "This user name is already in use."
    assert outcome(answer) == (0, 0, {index: {"username": taken} for index in range(10)})
    assert {result(admin.patch(path, {"username": f"name-{number}"})) for number in (18, 19)} == {TAKEN}
    assert result(admin.patch(path, {"username": "name-20"})) == LIMITED
    assert result(admin.patch(path, {"email": "free@example.org"})) == LIMITED
    answer = load(admin, record("name-20"), record("free"), record("mine", team="Night"))
    limited = {"record": "Too many requests; try again later."}
    assert outcome(answer) == (0, 1, {0: limited, 1: limited})
    assert admin.patch(path, {"fullName": "Else"}).status == 200


def test_an_import_of_many_taken_names_discloses_no_more_than_twenty(world: World, names: list[str]) -> None:
    answer = load(world.person(ADMIN), *(record(f"name-{number}") for number in range(len(names))))
    _, _, rejected = outcome(answer)
    assert sum("username" in fields for fields in rejected.values()) <= MAX_TAKEN
    assert len(rejected) == len(names)


def test_a_name_counts_once_however_often_it_is_tried(world: World, names: list[str]) -> None:
    admin = world.person(ADMIN)
    for _ in range(MAX_TAKEN + 1):
        assert result(create(admin, "name-0")) == TAKEN
    assert result(create(admin, "NAME-1")) == TAKEN


def test_names_of_the_own_organisation_do_not_count(world: World) -> None:
    admin = world.person(ADMIN)
    for number in range(MAX_TAKEN + 1):
        world.person("courier", username=f"own-{number}")
    answers = [create(admin, f"own-{number}") for number in range(MAX_TAKEN + 1)]
    assert {result(answer) for answer in answers} == {TAKEN}
    assert create(admin, "free").status == 201


def test_each_caller_has_a_limit_of_their_own(world: World, names: list[str]) -> None:
    find_out(world.person(ADMIN))
    assert result(create(world.person(ADMIN), "name-0")) == TAKEN


def test_callers_of_one_organisation_have_a_common_limit_whatever_users_and_keys_they_make(world: World) -> None:
    admin = world.person(ADMIN)
    for number in range(MAX_TAKEN_IN_ORGANISATION + 1):
        world.person("courier", OTHER, username=f"name-{number}")
    keys = [admin.post("/v1/api-keys", {"name": f"Robot {one}", "role": ADMIN}).json["data"]["key"] for one in "ab"]
    robots = [Person(world, DEMO, "", ADMIN, "", key) for key in keys]
    callers = [admin, *robots]
    for number in range(MAX_TAKEN_IN_ORGANISATION):
        assert result(create(callers[number // MAX_TAKEN], f"name-{number}")) == TAKEN
    for caller in (*callers, world.person(ADMIN)):
        answers = [create(caller, name) for name in (f"name-{MAX_TAKEN_IN_ORGANISATION}", "free")]
        assert [result(answer) for answer in answers] == [LIMITED, LIMITED]
    assert create(world.person(ADMIN, OTHER), "free").status == 201


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"role": "emperor"}, "role"),
        ({"password": "short"}, "password"),
        ({"phone": "12"}, "phone"),
        ({"reportsTo": "nobody"}, "reportsTo"),
    ],
)
def test_another_bad_field_hides_that_a_name_is_taken(
    world: World, names: list[str], values: dict[str, Any], field: str
) -> None:
    admin = world.person(ADMIN)
    answers = [create(admin, name, **values) for name in ("name-0", "free")]
    assert [(answer.status, list(answer.fields)) for answer in answers] == [(422, [field])] * 2
    sent = {"reports_to" if name == "reportsTo" else name: value for name, value in values.items()}
    told = [flaws(load(admin, record(name, **sent))) for name in ("name-0", "free")]
    assert told[0] == told[1]


def test_an_import_without_password_does_not_disclose_a_taken_name(world: World, names: list[str]) -> None:
    admin = world.person(ADMIN)
    told = [flaws(load(admin, record(name, password=None))) for name in ("name-0", "free")]
    assert told == [{"password": "is required for a new user"}] * 2


def test_a_role_that_may_not_be_granted_hides_that_a_name_is_taken(world: World, names: list[str]) -> None:
    codes = [f"identity.user.{verb}" for verb in ("manage", "import")]
    held = [{"code": code, "scope": "org"} for code in codes]
    assert world.person(ADMIN).put("/v1/roles/gm", {"permissions": held}).status == 200
    gm = world.person("gm")
    assert [create(gm, name).status for name in ("name-0", "free")] == [403, 403]
    told = [flaws(load(gm, record(name))) for name in ("name-0", "free")]
    assert told[0] == told[1]


def test_a_limited_import_is_not_stored_for_a_replay(world: World, names: list[str], engine: EmbeddedEngine) -> None:
    admin = world.person(ADMIN)
    find_out(admin)
    body = {"records": [record("free")]}
    first = admin.post("/v1/imports/users", body, idempotency_key="k")
    assert first.status == 207
    world.clock.advance(seconds=3600)
    admin = world.signed_in(admin.org_id, admin.user_id, ADMIN)
    again = admin.post("/v1/imports/users", body, idempotency_key="k")
    assert outcome(again) == (1, 0, {})
