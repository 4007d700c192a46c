"""API keys: machines that act with a role."""

from typing import Any

import pytest

from chalicelib.core.store import get
from chalicelib.identity.apikeys.tables import api_key_key
from infra.local.engine import EmbeddedEngine
from tests.builders import dispatch
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"


def created(admin: Person, role: str = "customer", name: str = "Web shop") -> Any:
    answer = admin.post("/v1/api-keys", {"name": name, "role": role})
    assert answer.status == 201, answer
    return answer.json["data"]


def machine(admin: Person, role: str = "customer", name: str = "Web shop") -> Person:
    """Return a caller that sends a new API key."""
    key = created(admin, role, name)
    return Person(admin.world, admin.org_id, f"key:{key['id']}", role, "", key["key"])


def refused(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_a_new_key_is_shown_once(world: World) -> None:
    admin = world.person(ADMIN)
    key = created(admin)
    assert key["key"].startswith(f"baton_{DEMO}.{key['id']}.customer.")
    assert (key["name"], key["role"], key["createdBy"]) == ("Web shop", "customer", admin.user_id)
    listed = admin.get("/v1/api-keys").json
    assert listed["data"] == [{name: value for name, value in key.items() if name != "key"}]
    assert listed["meta"] == {"nextCursor": None}


def test_the_secret_of_a_key_is_stored_nowhere(world: World) -> None:
    admin = world.person(ADMIN)
    key = created(admin)
    secret = key["key"].rpartition(".")[2]
    assert len(secret) == 43
    stored = get(api_key_key(DEMO, key["id"]))
    assert stored is not None
    assert secret not in str(stored.attribute_values)
    assert all(secret not in str(row.attribute_values) for row in world.audit())
    assert all(stored.key_hash not in str(row.attribute_values) for row in world.audit())


def test_a_repeated_creation_makes_another_key(world: World) -> None:
    admin = world.person(ADMIN)
    answers = [admin.post("/v1/api-keys", {"name": "A", "role": "QA"}, idempotency_key="k") for _ in range(2)]
    assert [answer.status for answer in answers] == [201, 201]
    assert len({answer.json["data"]["key"] for answer in answers}) == 2


def test_keys_are_listed_in_pages(world: World) -> None:
    admin = world.person(ADMIN)
    ids = [created(admin, name=f"Key {number}")["id"] for number in range(3)]
    first = admin.get("/v1/api-keys?limit=2").json
    rest = admin.get(f"/v1/api-keys?limit=2&cursor={first['meta']['nextCursor']}").json
    assert [key["id"] for key in [*first["data"], *rest["data"]]] == ids


def test_a_key_acts_with_its_role(world: World) -> None:
    shop = machine(world.person(ADMIN))
    order = dispatch.order(shop)
    assert shop.get(f"/v1/orders/{order['id']}").status == 200
    assert refused(shop.get("/v1/users")) == (403, "ACCESS_DENIED")
    assert refused(world.person("customer").get(f"/v1/orders/{order['id']}")) == (403, "ACCESS_DENIED")


def test_a_changed_role_applies_from_the_next_request(world: World) -> None:
    admin = world.person(ADMIN)
    reader = machine(admin, "VIEW_ONLY")
    assert reader.get("/v1/skus").status == 200
    assert admin.put("/v1/roles/VIEW_ONLY", {"permissions": []}).status == 200
    assert refused(reader.get("/v1/skus")) == (403, "ACCESS_DENIED")


def test_a_key_reads_its_own_name_and_permissions(world: World) -> None:
    me = machine(world.person(ADMIN)).get("/v1/me").json
    assert (me["user"]["fullName"], me["user"]["organization"]) == ("Web shop", DEMO)
    assert me["role"] == {"code": "customer", "name": "Customer"}
    assert "dispatch.order.create" in {one["code"] for one in me["permissions"]}


def test_a_key_is_named_in_the_audit_trail(world: World) -> None:
    admin = world.person(ADMIN)
    shop = machine(admin)
    order = dispatch.order(shop)
    [row] = admin.get(f"/v1/audit?actorId={shop.user_id}").json["data"]
    assert (row["actor_id"], row["actor_name"], row["entity_id"]) == (shop.user_id, "Web shop", order["id"])
    [made] = [row for row in admin.get(f"/v1/audit?actorId={admin.user_id}").json["data"] if "actor_name" not in row]
    assert (made["action_type"], made["entity_id"]) == ("API_KEY_CREATED", shop.user_id.removeprefix("key:"))
    assert made["payload_diff"] == {
        "key_id": [None, made["entity_id"]],
        "name": [None, "Web shop"],
        "role": [None, "customer"],
    }


def test_a_deleted_key_is_refused_with_the_next_request(world: World) -> None:
    admin = world.person(ADMIN)
    shop, other = machine(admin), machine(admin)
    assert shop.get("/v1/me").status == 200
    path = f"/v1/api-keys/{shop.user_id.removeprefix('key:')}"
    assert admin.delete(path).status == 204
    assert refused(shop.get("/v1/me")) == (401, "AUTH_INVALID")
    assert refused(admin.delete(path)) == (404, "NOT_FOUND")
    assert other.get("/v1/me").status == 200


def test_a_key_outlives_the_account_of_its_creator(world: World) -> None:
    admin, creator = world.person(ADMIN), world.person(ADMIN)
    shop = machine(creator)
    assert admin.patch(f"/v1/users/{creator.user_id}", {"status": "DISABLED"}).status == 200
    assert shop.get("/v1/me").status == 200
    assert [key["createdBy"] for key in admin.get("/v1/api-keys").json["data"]] == [creator.user_id]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        (0, "baton_other"),
        (1, "0190f5fe-7c00-7a00-8000-000000000001"),
        (2, "SYSTEM_ADMIN"),
        (3, "A" * 43),
        (3, ""),
        (3, "x"),
    ],
)
def test_a_changed_key_is_refused(world: World, part: int, value: str) -> None:
    shop = machine(world.person(ADMIN))
    parts = shop.token.split(".")
    parts[part] = value
    assert refused(world.call("GET", "/v1/me", token=".".join(parts))) == (401, "AUTH_INVALID")


def test_a_key_has_no_session_no_password_no_device_and_no_socket(world: World) -> None:
    shop = machine(world.person(ADMIN))
    passwords = {"currentPassword": "seven quiet rivers", "newPassword": "eight quiet rivers"}
    assert refused(shop.post("/v1/me/password", passwords)) == (403, "ACCESS_DENIED")
    device = {"platform": "ios", "fcmToken": "t"}
    assert refused(shop.post("/v1/devices/register", device)) == (403, "ACCESS_DENIED")
    assert world.connect("socket-of-a-key", shop.token, "customer")["statusCode"] == 403
    codes = {one["code"] for one in shop.get("/v1/me").json["permissions"]}
    assert not [code for code in codes if code.startswith(("identity.session", "realtime."))]


def test_nobody_makes_a_key_with_more_than_they_hold(world: World) -> None:
    admin = world.person(ADMIN)
    held = [{"code": "identity.api_key.manage", "scope": "org"}, {"code": "audit.read", "scope": "org"}]
    assert admin.post("/v1/roles", {"code": "ops", "name": "Ops", "permissions": held}).status == 201
    weaker = {"code": "auditor", "name": "Auditor", "permissions": held[1:]}
    assert admin.post("/v1/roles", weaker).status == 201
    ops = world.person("ops")
    for role in (ADMIN, "courier"):
        assert refused(ops.post("/v1/api-keys", {"name": "A", "role": role})) == (403, "ACCESS_DENIED")
    auditor, again = machine(ops, "auditor"), machine(ops, "ops")
    assert auditor.get("/v1/audit").status == 200
    assert refused(again.post("/v1/api-keys", {"name": "A", "role": ADMIN})) == (403, "ACCESS_DENIED")
    assert machine(again, "auditor").get("/v1/audit").status == 200


def test_keys_need_a_permission_for_the_whole_organisation(world: World) -> None:
    admin = world.person(ADMIN)
    body = {"name": "A", "role": "customer"}
    assert refused(world.person("gm").post("/v1/api-keys", body)) == (403, "ACCESS_DENIED")
    key_id = created(admin)["id"]
    assert (
        admin.put("/v1/roles/gm", {"permissions": [{"code": "identity.api_key.manage", "scope": "zone"}]}).status == 200
    )
    person = world.person("gm", game_zone="North")
    answers = [person.post("/v1/api-keys", body), person.get("/v1/api-keys"), person.delete(f"/v1/api-keys/{key_id}")]
    assert {refused(answer) for answer in answers} == {(403, "ACCESS_DENIED")}


def test_keys_of_another_organisation_do_not_exist(world: World) -> None:
    admin, stranger = world.person(ADMIN), world.person(ADMIN, OTHER)
    key_id = created(admin)["id"]
    assert refused(stranger.delete(f"/v1/api-keys/{key_id}")) == (404, "NOT_FOUND")
    assert stranger.get("/v1/api-keys").json["data"] == []


def test_invalid_keys_are_422(world: World) -> None:
    admin = world.person(ADMIN)
    assert list(admin.post("/v1/api-keys", {"name": "A", "role": "emperor"}).fields) == ["role"]
    assert sorted(admin.post("/v1/api-keys", {"name": "", "role": "a b"}).fields) == ["name", "role"]
    assert list(admin.post("/v1/api-keys", {"name": "A", "role": "QA", "scope": "org"}).fields) == ["scope"]


def test_a_key_holds_its_role(world: World) -> None:
    admin = world.person(ADMIN)
    assert admin.post("/v1/roles", {"code": "kiosk", "name": "Kiosk", "permissions": []}).status == 201
    key = created(admin, "kiosk")
    assert refused(admin.delete("/v1/roles/kiosk")) == (409, "ROLE_IN_USE")
    assert admin.delete(f"/v1/api-keys/{key['id']}").status == 204
    assert admin.delete("/v1/roles/kiosk").status == 204


def test_a_key_is_not_the_administrator_who_remains(world: World) -> None:
    admin = world.person(ADMIN)
    robot = machine(admin, ADMIN, "Robot")
    answer = robot.patch(f"/v1/users/{admin.user_id}", {"role": "QA"})
    assert refused(answer) == (409, "LAST_ROLE_ADMINISTRATOR")
    world.person(ADMIN)
    assert robot.patch(f"/v1/users/{admin.user_id}", {"role": "QA"}).status == 200


def test_a_request_with_a_key_takes_one_batch_read(world: World, engine: EmbeddedEngine) -> None:
    shop = machine(world.person(ADMIN))
    order = dispatch.order(shop)
    reads: list[str] = []
    with engine.before("BatchGetItem", lambda *_: reads.append("batch")):
        assert shop.get(f"/v1/orders/{order['id']}").status == 200
    assert reads == ["batch"]
