"""Roles: reads, changes at run time, and the guard that an administrator of roles remains."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.identity.accounts.tables import user_key
from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS, PERMISSIONS, ROLES
from chalicelib.identity.roles.tables import role_key
from infra.local.engine import EmbeddedEngine
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
LAST = (409, "LAST_ROLE_ADMINISTRATOR")


def grants(*codes: str, scope: str = "org") -> dict[str, Any]:
    return {"permissions": [{"code": code, "scope": scope} for code in codes]}


def everything_but(*codes: str) -> dict[str, Any]:
    return grants(*(code for code in PERMISSIONS if code not in codes))


def demote(admin: Person, other: Person) -> Answer:
    return admin.patch(f"/v1/users/{other.user_id}", {"role": "VIEW_ONLY"})


def administrators(world: World) -> list[str]:
    """Who may administer roles, by what the store holds."""
    found = []
    for user_id in {row.entity_id for row in world.audit() if row.entity_type == "user"}:
        user = get(user_key(DEMO, user_id))
        role = user and get(role_key(DEMO, user.role))
        if user and role and user.status == "ACTIVE" and role.permissions.get("identity.role.manage") == "org":
            found.append(user_id)
    return found


def test_list_roles_contains_every_role_with_permissions(world: World) -> None:
    answer = world.person(ADMIN).get("/v1/roles").json
    assert answer["success"] is True
    assert {role["code"]: role["name"] for role in answer["data"]} == ROLES
    for role in answer["data"]:
        held = {one["code"]: one["scope"] for one in role["permissions"]}
        assert (held, role["version"]) == (DEFAULT_PERMISSIONS[role["code"]], 1)


def test_get_role_by_code(world: World) -> None:
    answer = world.person(ADMIN).get("/v1/roles/courier")
    assert (answer.status, answer.headers["ETag"], answer.json["data"]["code"]) == (200, '"1"', "courier")


def test_replaced_permissions_apply_from_next_request(world: World) -> None:
    admin, courier = world.person(ADMIN), world.person("courier")
    assert courier.get("/v1/courier/active-order").status == 200
    answer = admin.put("/v1/roles/courier", grants("dispatch.order.read", scope="own"), if_match="1")
    assert (answer.status, answer.headers["ETag"], answer.json["data"]["version"]) == (200, '"2"', 2)
    assert answer.json["data"]["permissions"] == [{"code": "dispatch.order.read", "scope": "own"}]
    assert courier.get("/v1/courier/active-order").status == 403
    assert admin.get("/v1/roles/courier").json == answer.json


def test_replace_role_is_audited_with_old_and_new_permissions(world: World) -> None:
    admin = world.person(ADMIN)
    admin.put("/v1/roles/packer", grants("packing.item.pack"))
    [row] = [row for row in world.audit() if row.action_type == "ROLE_CHANGED"]
    assert (row.actor_id, row.entity_type, row.entity_id) == (admin.user_id, "role", "packer")
    assert str(row.payload_diff).endswith(',{"packing.item.pack":"org"}]}')


def test_role_can_be_put_as_it_was_read(world: World) -> None:
    admin = world.person(ADMIN)
    read = admin.get("/v1/roles/TECH").json["data"]
    answer = admin.put("/v1/roles/TECH", read, if_match='W/"1"')
    assert (answer.status, answer.json["data"]) == (200, read)


def test_stale_version_is_refused(world: World) -> None:
    admin = world.person(ADMIN)
    assert admin.put("/v1/roles/TECH", grants(), if_match="1").status == 200
    answer = admin.put("/v1/roles/TECH", grants("audit.read"), if_match="1")
    assert (answer.status, answer.code, answer.json["error"]["details"]) == (409, "VERSION_CONFLICT", {"version": 2})


def test_replace_role_names_invalid_entries(world: World) -> None:
    admin = world.person(ADMIN)
    good = {"code": "audit.read", "scope": "org"}
    answer = admin.put("/v1/roles/TECH", {"permissions": [good, {"code": "audit.erase", "scope": "org"}, good]})
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert answer.fields == {
        "permissions.1.code": "audit.erase is not a permission",
        "permissions.2.code": "audit.read is listed twice",
    }
    answer = admin.put("/v1/roles/TECH", {"permissions": [good, {"code": "audit.read", "scope": "galaxy"}]})
    assert (answer.status, list(answer.fields)) == (422, ["permissions.1.scope"])
    assert list(admin.put("/v1/roles/TECH", {"code": "QA", **grants()}).fields) == ["code"]
    assert list(admin.put("/v1/roles/TECH", {}).fields) == ["permissions"]


def test_unknown_role_is_not_found(world: World) -> None:
    admin = world.person(ADMIN)
    for answer in (admin.get("/v1/roles/emperor"), admin.put("/v1/roles/emperor", grants())):
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


def test_roles_of_another_organisation_do_not_change(world: World) -> None:
    world.person(ADMIN).put("/v1/roles/courier", grants())
    assert world.person(ADMIN, OTHER).get("/v1/roles/courier").json["data"]["version"] == 1
    assert world.person("courier", OTHER).get("/v1/courier/active-order").status == 200


def test_without_permission_roles_can_be_neither_read_nor_changed(world: World) -> None:
    for role in set(ROLES) - {ADMIN}:
        person = world.person(role)
        answers = [person.get("/v1/roles"), person.get("/v1/roles/QA"), person.put(f"/v1/roles/{role}", grants())]
        assert {(answer.status, answer.code) for answer in answers} == {(403, "ACCESS_DENIED")}, role


def test_roles_require_organisation_scope(world: World) -> None:
    admin, person = world.person(ADMIN), world.person("gm")
    admin.put("/v1/roles/gm", grants("identity.role.manage", "identity.role.read", scope="own"))
    assert person.get("/v1/roles").status == 403
    assert person.get("/v1/roles/gm").status == 403
    assert person.put("/v1/roles/gm", everything_but()).status == 403


@pytest.mark.parametrize("change", [{"role": "QA"}, {"status": "DISABLED"}])
def test_last_role_administrator_cannot_lose_the_permission(world: World, change: dict[str, str]) -> None:
    admin = world.person(ADMIN)
    disabled = world.person(ADMIN)
    assert admin.patch(f"/v1/users/{disabled.user_id}", {"status": "DISABLED"}).status == 200
    # Somebody who manages people, and so could try.
    extra = grants(*(code for code in PERMISSIONS if code != "identity.role.manage"))
    assert admin.put("/v1/roles/gm", extra).status == 200
    if "role" in change:
        answer = admin.patch(f"/v1/users/{admin.user_id}", change)
        assert (answer.status, answer.code) == LAST
    assert world.person("gm").patch(f"/v1/users/{admin.user_id}", change).status == 403
    assert administrators(world) == [admin.user_id]


def test_administrator_can_step_down_while_another_remains(world: World) -> None:
    first, second = world.person(ADMIN), world.person(ADMIN)
    assert demote(first, first).status == 200
    answer = demote(second, second)
    assert (answer.status, answer.code) == LAST


def test_last_role_with_role_administration_keeps_it(world: World) -> None:
    admin = world.person(ADMIN)
    for body in (everything_but("identity.role.manage"), grants(), grants("identity.role.manage", scope="zone")):
        answer = admin.put(f"/v1/roles/{ADMIN}", body)
        assert (answer.status, answer.code) == LAST
    # Another role that has it does not help as long as nobody is in it.
    assert admin.put("/v1/roles/gm", everything_but()).status == 200
    assert (admin.put(f"/v1/roles/{ADMIN}", grants()).status, admin.put("/v1/roles/gm", grants()).status) == (409, 200)
    assert admin.put("/v1/roles/gm", everything_but()).status == 200
    gm = world.person("gm")
    assert admin.put(f"/v1/roles/{ADMIN}", grants("audit.read")).status == 200
    assert admin.get("/v1/roles").status == 403
    assert (gm.put("/v1/roles/gm", grants()).status, gm.put("/v1/roles/gm", grants()).code) == LAST
    assert administrators(world) == [gm.user_id]


def test_two_administrators_cannot_both_demote_each_other(world: World, engine: EmbeddedEngine) -> None:
    ann, bob = world.person(ADMIN), world.person(ADMIN)
    meanwhile: list[Answer] = []

    def demote_ann(*_: object) -> None:
        meanwhile.append(demote(bob, ann))

    with engine.before("TransactWriteItems", demote_ann, times=1):
        answer = demote(ann, bob)
    assert [other.status for other in meanwhile] == [200]
    assert (answer.status, answer.code) == LAST
    assert administrators(world) == [bob.user_id]


def test_role_and_user_cannot_lose_role_administration_concurrently(world: World, engine: EmbeddedEngine) -> None:
    ann, gm = world.person(ADMIN), world.person("gm")
    assert ann.put("/v1/roles/gm", everything_but()).status == 200
    meanwhile: list[Answer] = []

    def take_it_from_the_administrators(*_: object) -> None:
        meanwhile.append(gm.put(f"/v1/roles/{ADMIN}", grants()))

    with engine.before("TransactWriteItems", take_it_from_the_administrators, times=1):
        answer = demote(ann, gm)
    assert [other.status for other in meanwhile] == [200]
    assert (answer.status, answer.code) == LAST
    assert administrators(world) == [gm.user_id]


def test_user_cannot_move_into_role_that_concurrently_loses_role_administration(
    world: World, engine: EmbeddedEngine
) -> None:
    ann = world.person(ADMIN)
    assert ann.put("/v1/roles/gm", everything_but()).status == 200
    meanwhile: list[Answer] = []

    def take_it_from_gm(*_: object) -> None:
        meanwhile.append(ann.put("/v1/roles/gm", grants()))

    with engine.before("TransactWriteItems", take_it_from_gm, times=1):
        answer = ann.patch(f"/v1/users/{ann.user_id}", {"role": "gm"})
    assert [other.status for other in meanwhile] == [200]
    assert (answer.status, answer.code) == LAST
    assert administrators(world) == [ann.user_id]


def test_concurrent_demotions_leave_one_administrator(world: World) -> None:
    admins = [world.person(ADMIN) for _ in range(6)]
    pairs = [(one, other) for one in admins for other in admins if one is not other]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda pair: demote(*pair), pairs))
    assert {answer.status for answer in answers} <= {200, 401, 403, 409, 503}
    assert len(administrators(world)) >= 1
