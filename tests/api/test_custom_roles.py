"""Roles that an organisation makes for itself: creation, use and deletion."""

from typing import Any

import pytest

from chalicelib.identity.roles.default_permissions import EVERYBODYS_PERMISSIONS, ROLES
from chalicelib.identity.roles.service import MAX_CUSTOM_ROLES
from infra.local.engine import EmbeddedEngine
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
ORDERS = [{"code": "dispatch.order.create", "scope": "own"}, {"code": "dispatch.order.read", "scope": "org"}]


def kiosk(**values: Any) -> dict[str, Any]:
    return {"code": "kiosk", "name": "Kiosk", "permissions": ORDERS, **values}


def made(admin: Person, **values: Any) -> Any:
    answer = admin.post("/v1/roles", kiosk(**values))
    assert answer.status == 201, answer
    return answer.json["data"]


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_a_role_can_be_made_read_and_given(world: World) -> None:
    admin = world.person(ADMIN)
    answer = admin.post("/v1/roles", kiosk())
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    own = [{"code": code, "scope": "own"} for code in EVERYBODYS_PERMISSIONS]
    expected = sorted([*ORDERS, *own], key=lambda one: one["code"])
    assert answer.json["data"] == {**kiosk(permissions=expected), "version": 1}
    assert admin.get("/v1/roles/kiosk").json == answer.json
    assert [role for role in admin.get("/v1/roles").json["data"] if role["code"] == "kiosk"] == [answer.json["data"]]
    body = {"username": "stand", "fullName": "Stand 4", "role": "kiosk", "password": "seven quiet rivers"}
    assert admin.post("/v1/users", body).json["data"]["role"] == "kiosk"


def test_a_person_acts_with_the_permissions_of_a_custom_role(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    person = world.person("kiosk")
    me = person.get("/v1/me").json
    assert me["role"] == {"code": "kiosk", "name": "Kiosk"}
    assert {one["code"] for one in me["permissions"]} == {*EVERYBODYS_PERMISSIONS, *(one["code"] for one in ORDERS)}
    assert person.get("/v1/users").status == 403
    changed = [{"code": "identity.user.read", "scope": "org"}]
    assert admin.put("/v1/roles/kiosk", {"permissions": changed}, if_match="1").status == 200
    assert (person.get("/v1/users").status, person.get("/v1/me").status) == (200, 403)


def test_a_person_with_a_custom_role_can_change_a_one_time_password(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    added = admin.post("/v1/users", {"username": "stand", "fullName": "Booth Four", "role": "kiosk"}).json["data"]
    once = {"identifier": "stand", "password": added["oneTimePassword"]}
    token = world.call("POST", "/v1/auth/login", once).json["accessToken"]
    change = {"currentPassword": added["oneTimePassword"], "newPassword": "seven quiet rivers"}
    assert world.call("POST", "/v1/me/password", change, token=token).status == 204


def test_a_new_role_is_audited(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    [row] = [row for row in world.audit() if row.action_type == "ROLE_CREATED"]
    assert (row.actor_id, row.entity_type, row.entity_id) == (admin.user_id, "role", "kiosk")
    assert admin.delete("/v1/roles/kiosk").status == 204
    [row] = [row for row in world.audit() if row.action_type == "ROLE_DELETED"]
    assert (row.entity_id, "Kiosk" in str(row.payload_diff)) == ("kiosk", True)


def test_a_taken_code_is_409(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    for code in ("kiosk", "courier", ADMIN):
        assert refused(admin.post("/v1/roles", kiosk(code=code))) == (409, "ROLE_EXISTS")
    assert world.person(ADMIN, OTHER).post("/v1/roles", kiosk()).status == 201


def test_a_code_that_differs_only_by_case_is_409(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    for code in ("Kiosk", "KIOSK", "Courier", "system_admin"):
        assert refused(admin.post("/v1/roles", kiosk(code=code))) == (409, "ROLE_EXISTS")
    assert world.person(ADMIN, OTHER).post("/v1/roles", kiosk(code="Kiosk")).status == 201


def test_invalid_roles_are_422_with_every_bad_field(world: World) -> None:
    admin = world.person(ADMIN)
    unknown = [{"code": "audit.erase", "scope": "org"}, ORDERS[0], ORDERS[0]]
    answer = admin.post("/v1/roles", kiosk(permissions=unknown))
    assert (answer.status, list(answer.fields)) == (422, ["permissions.0.code", "permissions.2.code"])
    answer = admin.post("/v1/roles", {"code": "no spaces", "name": " ", "permissions": [{"code": "x", "scope": "all"}]})
    assert (answer.status, sorted(answer.fields)) == (422, ["code", "name", "permissions.0.scope"])
    assert admin.post("/v1/roles", kiosk(colour="red")).fields == {"colour": "is not expected here"}


def test_a_role_may_not_exceed_its_maker(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin, code="clerk", permissions=[{"code": "identity.role.manage", "scope": "zone"}, *ORDERS])
    assert refused(world.person("clerk").post("/v1/roles", kiosk())) == (403, "ACCESS_DENIED")
    assert refused(world.person("gm").post("/v1/roles", kiosk())) == (403, "ACCESS_DENIED")


def test_a_role_that_somebody_has_cannot_be_deleted(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    person, other = world.person("kiosk"), world.person("kiosk")
    answer = admin.delete("/v1/roles/kiosk")
    assert refused(answer) == (409, "ROLE_IN_USE")
    assert answer.json["error"]["details"] == {"holders": 2}
    assert admin.patch(f"/v1/users/{person.user_id}", {"role": "courier"}).status == 200
    assert admin.patch(f"/v1/users/{other.user_id}", {"status": "DISABLED"}).status == 200
    assert admin.delete("/v1/roles/kiosk").json["error"]["details"] == {"holders": 1}
    assert admin.patch(f"/v1/users/{other.user_id}", {"role": "courier"}).status == 200
    assert admin.delete("/v1/roles/kiosk").status == 204
    assert admin.get("/v1/roles/kiosk").status == 404
    assert "kiosk" not in {role["code"] for role in admin.get("/v1/roles").json["data"]}


def test_imported_people_hold_their_role(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    made(admin, code="booth")
    record = {"username": "stand", "full_name": "Stand", "role": "kiosk", "password": "seven quiet rivers"}
    for role in ("kiosk", "booth"):
        assert admin.post("/v1/imports/users", {"records": [{**record, "role": role}]}).status == 200
    assert admin.delete("/v1/roles/kiosk").status == 204
    assert refused(admin.delete("/v1/roles/booth")) == (409, "ROLE_IN_USE")


def test_a_deleted_role_can_be_made_again(world: World) -> None:
    admin = world.person(ADMIN)
    for _ in range(2):
        made(admin)
        assert admin.delete("/v1/roles/kiosk").status == 204
    assert refused(admin.delete("/v1/roles/kiosk")) == (404, "NOT_FOUND")


def test_default_roles_cannot_be_deleted(world: World) -> None:
    admin = world.person(ADMIN)
    for code in ("picker", ADMIN):
        assert refused(admin.delete(f"/v1/roles/{code}")) == (409, "DEFAULT_ROLE")


def test_a_role_of_another_organisation_cannot_be_deleted(world: World) -> None:
    made(world.person(ADMIN))
    assert refused(world.person(ADMIN, OTHER).delete("/v1/roles/kiosk")) == (404, "NOT_FOUND")
    assert refused(world.person("gm").delete("/v1/roles/kiosk")) == (403, "ACCESS_DENIED")


def test_a_stale_version_does_not_delete_a_role(world: World) -> None:
    admin = world.person(ADMIN)
    made(admin)
    assert admin.put("/v1/roles/kiosk", {"permissions": []}).status == 200
    assert refused(admin.delete("/v1/roles/kiosk", if_match="1")) == (409, "VERSION_CONFLICT")
    assert admin.delete("/v1/roles/kiosk", if_match="2").status == 204


@pytest.mark.parametrize("role", sorted(set(ROLES) - {ADMIN}))
def test_without_permission_neither_roles_nor_api_keys_can_be_made_or_deleted(world: World, role: str) -> None:
    person = world.person(role)
    answers = [
        person.post("/v1/roles", kiosk()),
        person.delete("/v1/roles/courier"),
        person.post("/v1/api-keys", {"name": "Robot", "role": role}),
        person.get("/v1/api-keys"),
        person.delete("/v1/api-keys/none"),
    ]
    assert {refused(answer) for answer in answers} == {(403, "ACCESS_DENIED")}


def test_a_role_given_while_it_is_deleted_stays(world: World, engine: EmbeddedEngine) -> None:
    admin, courier = world.person(ADMIN), world.person("courier")
    made(admin)
    given: list[Answer] = []

    def give(*_: object) -> None:
        given.append(admin.patch(f"/v1/users/{courier.user_id}", {"role": "kiosk"}))

    with engine.before("TransactWriteItems", give, times=1):
        answer = admin.delete("/v1/roles/kiosk")
    assert [other.status for other in given] == [200]
    assert (refused(answer), answer.json["error"]["details"]) == ((409, "ROLE_IN_USE"), {"holders": 1})


def test_a_role_deleted_while_it_is_given_is_given_to_nobody(world: World, engine: EmbeddedEngine) -> None:
    admin, courier = world.person(ADMIN), world.person("courier")
    made(admin)
    deleted: list[Answer] = []

    def delete(*_: object) -> None:
        deleted.append(admin.delete("/v1/roles/kiosk"))

    with engine.before("TransactWriteItems", delete, times=1):
        answer = admin.patch(f"/v1/users/{courier.user_id}", {"role": "kiosk"})
    assert [other.status for other in deleted] == [204]
    assert (answer.status, list(answer.fields)) == (422, ["role"])
    assert admin.get(f"/v1/users/{courier.user_id}").json["data"]["role"] == "courier"


def test_the_last_administrator_by_a_custom_role_remains(world: World) -> None:
    admin = world.person(ADMIN)
    codes = ("identity.role.manage", "identity.role.read", "identity.user.manage")
    made(admin, code="chief", permissions=[{"code": code, "scope": "org"} for code in codes])
    chief, deputy = world.person("chief"), world.person("chief")
    assert admin.patch(f"/v1/users/{admin.user_id}", {"role": "QA"}).status == 200
    assert chief.patch(f"/v1/users/{deputy.user_id}", {"role": "QA"}).status == 200
    answer = chief.patch(f"/v1/users/{chief.user_id}", {"role": "QA"})
    assert refused(answer) == (409, "LAST_ROLE_ADMINISTRATOR")
    assert refused(chief.put("/v1/roles/chief", {"permissions": []})) == (409, "LAST_ROLE_ADMINISTRATOR")
    assert refused(chief.delete("/v1/roles/chief")) == (409, "ROLE_IN_USE")


def test_an_organisation_has_a_limited_number_of_roles(world: World) -> None:
    admin = world.person(ADMIN)
    for number in range(MAX_CUSTOM_ROLES):
        made(admin, code=f"role-{number}", permissions=[])
    answer = admin.post("/v1/roles", kiosk())
    assert (refused(answer), answer.json["error"]["details"]) == ((409, "TOO_MANY_ROLES"), {"most": MAX_CUSTOM_ROLES})
    assert len(admin.get("/v1/roles").json["data"]) == MAX_CUSTOM_ROLES + 18
    assert admin.delete("/v1/roles/role-7").status == 204
    made(admin)
    assert world.person("kiosk", DEMO).get("/v1/roles").status == 403
