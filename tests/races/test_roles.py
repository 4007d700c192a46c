"""Roles that are deleted at the same moment as people and API keys are given them."""

from functools import partial

from chalicelib.core.store import get
from chalicelib.identity.apikeys.tables import api_key_key
from chalicelib.identity.roles.tables import role_holders_key, role_key
from tests.builders.world import DEMO, Answer, Person, World
from tests.races.crowd import at_once

ADMIN = "SYSTEM_ADMIN"


def create_role(admin: Person, code: str = "kiosk") -> None:
    body = {"code": code, "name": "Kiosk", "permissions": [{"code": "audit.read", "scope": "org"}]}
    assert admin.post("/v1/roles", body).status == 201


def give(admin: Person, person: Person, role: str = "kiosk") -> Answer:
    return admin.patch(f"/v1/users/{person.user_id}", {"role": role})


def role_of(admin: Person, person: Person) -> str:
    return str(admin.get(f"/v1/users/{person.user_id}").json["data"]["role"])


def test_a_role_is_never_deleted_while_somebody_is_given_it(arena: World) -> None:
    admin = arena.person(ADMIN)
    for _ in range(20):
        create_role(admin)
        people = [arena.person("courier") for _ in range(3)]
        calls = [partial(give, admin, person) for person in people]
        key = partial(admin.post, "/v1/api-keys", {"name": "Robot", "role": "kiosk"})
        *given, created, deleted = at_once([*calls, key, partial(admin.delete, "/v1/roles/kiosk")])
        holds = get(role_key(DEMO, "kiosk")) is not None
        assert deleted.status == (409 if holds else 204), deleted
        assert {answer.status for answer in given} == ({200} if holds else {422})
        assert created.status == (201 if holds else 422), created
        assert {role_of(admin, person) for person in people} == ({"kiosk"} if holds else {"courier"})
        if holds:
            for person in people:
                assert give(admin, person, "courier").status == 200
            key_id = created.json["data"]["id"]
            assert get(api_key_key(DEMO, key_id)) is not None
            assert admin.delete(f"/v1/api-keys/{key_id}").status == 204
            assert admin.delete("/v1/roles/kiosk").status == 204


def test_the_number_of_holders_stays_right_when_many_people_change_roles(arena: World) -> None:
    admin = arena.person(ADMIN)
    create_role(admin)
    create_role(admin, "booth")
    people = [arena.person("kiosk") for _ in range(6)]
    for role in ("booth", "kiosk", "courier", "booth"):
        answers = at_once([partial(give, admin, person, role) for person in (*people, *people)])
        assert {answer.status for answer in answers} <= {200, 409}
    counted = {code: get(role_holders_key(DEMO, code)) for code in ("kiosk", "booth")}
    held = [role_of(admin, person) for person in people]
    assert {code: one and one.holders for code, one in counted.items()} == {
        code: held.count(code) for code in ("kiosk", "booth")
    }


def test_one_of_several_roles_with_one_code_is_made(arena: World) -> None:
    admin = arena.person(ADMIN)
    body = {"code": "kiosk", "name": "Kiosk", "permissions": []}
    answers = at_once([partial(admin.post, "/v1/roles", body)] * 4)
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409]


def test_one_of_several_roles_whose_codes_differ_in_case_is_made(arena: World) -> None:
    admin = arena.person(ADMIN)
    others = {"name": "Kiosk", "permissions": []}
    answers = at_once(
        [partial(admin.post, "/v1/roles", {"code": code, **others}) for code in ("kiosk", "Kiosk", "KIOSK")]
    )
    assert sorted(answer.status for answer in answers) == [201, 409, 409]
    made = [one["code"] for one in admin.get("/v1/roles").json["data"] if one["code"].lower() == "kiosk"]
    assert len(made) == 1
