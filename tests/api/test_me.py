"""The caller's own profile and devices."""

import pytest

from chalicelib.identity.accounts.devices import devices_of
from chalicelib.identity.accounts.navigation import NAVIGATION
from chalicelib.identity.accounts.tables import Device
from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS, ROLES
from infra.local.engine import EmbeddedEngine
from tests.builders.world import OTHER, Person, World

ANDROID = {"platform": "android", "fcmToken": "token-1"}


def owned(person: Person) -> list[tuple[str, str]]:
    return [(one.device_id, one.platform) for one in devices_of(person.org_id, person.user_id)]


def test_me_shows_user_role_navigation_and_permissions(world: World) -> None:
    lead = world.person("MAINT_TL", full_name="Hugo Prins")
    tech = world.person(
        "TECH",
        username="mees",
        full_name="Mees van Dijk",
        email="mees@example.org",
        phone="+31201234567",
        game_zone="North",
        team="Maintenance",
        reports_to=lead.user_id,
        skills=("hydraulics", "welding"),
    )
    me = tech.get("/v1/me")
    assert me.status == 200
    superior = {"id": lead.user_id, "fullName": "Hugo Prins"}
    nav, permissions = me.json.pop("nav"), me.json["permissions"]
    assert {name: value for name, value in me.json.items() if name not in ("nav", "permissions")} == {
        "user": {
            "id": tech.user_id,
            "username": "mees",
            "fullName": "Mees van Dijk",
            "email": "mees@example.org",
            "phone": "+31201234567",
            "profilePicture": None,
            "organization": "demo",
        },
        "role": {"code": "TECH", "name": "Technician"},
        "gameZoneScope": "own",
        "gameZone": "North",
        "reportsTo": superior,
        "skills": ["hydraulics", "welding"],
        "mustChangePassword": False,
    }
    assert len(nav) == 5
    assert nav[0] == {"screen": "TECH-DASH", "label": "Dashboard", "target": "/v1/me/dashboard"}
    assert {one["code"]: one["scope"] for one in permissions} == DEFAULT_PERMISSIONS["TECH"]
    assert tech.get("/v1/me/profile").json == {
        "fullName": "Mees van Dijk",
        "email": "mees@example.org",
        "phone": "+31201234567",
        "role": "TECH",
        "gameZone": "North",
        "team": "Maintenance",
        "reportsTo": superior,
        "skills": ["hydraulics", "welding"],
    }


@pytest.mark.parametrize("role", ROLES)
def test_navigation_of_every_role_contains_only_permitted_slots(world: World, role: str) -> None:
    person = world.person(role)
    me = person.get("/v1/me").json
    assert me["role"] == {"code": role, "name": ROLES[role]}
    assert 2 <= len(me["nav"]) <= 5
    assert (me["gameZone"], me["reportsTo"], me["skills"]) == (None, None, [])
    read = {(one.path, one.permission) for one in world.parts.dependencies.endpoints if one.method == "GET"}
    shown = {slot["target"] for slot in me["nav"]}
    slots = {
        (slot.target.partition("?")[0], slot.permission) for slot in NAVIGATION.get(role, ()) if slot.target in shown
    }
    for target, _ in slots & read:
        assert person.get(target).status == 200, target


def test_removed_permission_removes_its_navigation_slot(world: World) -> None:
    tech = world.person("TECH")
    kept = [{"code": "identity.profile.read", "scope": "own"}]
    assert world.person("SYSTEM_ADMIN").put("/v1/roles/TECH", {"permissions": kept}).status == 200
    me = tech.get("/v1/me").json
    assert ([slot["screen"] for slot in me["nav"]], me["permissions"]) == (["SH-PROFILE"], kept)


def test_organisation_scope_is_shown(world: World) -> None:
    scopes = {role: world.person(role).get("/v1/me").json["gameZoneScope"] for role in ("TECH", "MAINT_TL", "QA")}
    assert scopes == {"TECH": "own", "MAINT_TL": "own", "QA": "org"}


def test_register_device_is_idempotent(world: World) -> None:
    tech = world.person("TECH")
    first = tech.post("/v1/devices/register", ANDROID)
    assert first.status == 201
    again = tech.post("/v1/devices/register", {**ANDROID, "platform": "ios"})
    assert (again.status, again.json) == (201, first.json)
    assert owned(tech) == [(first.json["id"], "ios")]
    tech.post("/v1/devices/register", {**ANDROID, "fcmToken": "token-2"})
    assert len(owned(tech)) == 2


@pytest.mark.parametrize("org_id", ["demo", OTHER])
def test_device_belongs_to_last_registered_user(world: World, org_id: str) -> None:
    before, after = world.person("TECH"), world.person("packer", org_id)
    registered = before.post("/v1/devices/register", ANDROID).json
    assert after.post("/v1/devices/register", ANDROID).json == registered
    assert (owned(before), len(owned(after))) == ([], 1)
    answer = before.delete(f"/v1/devices/{registered['id']}")
    assert answer.status == (403 if org_id == "demo" else 404)


def test_push_address_stays_with_device(world: World) -> None:
    before, after = world.person("TECH"), world.person("packer")
    before.post("/v1/devices/register", ANDROID)
    [device] = devices_of(before.org_id, before.user_id)
    device.update(actions=[Device.endpoint_arn.set("arn:aws:sns:endpoint")])
    after.post("/v1/devices/register", ANDROID)
    assert [one.endpoint_arn for one in devices_of(after.org_id, after.user_id)] == ["arn:aws:sns:endpoint"]


def test_remove_device_only_by_owner(world: World) -> None:
    tech, colleague, admin = world.person("TECH"), world.person("TECH"), world.person("SYSTEM_ADMIN")
    where = f"/v1/devices/{tech.post('/v1/devices/register', ANDROID).json['id']}"
    assert (colleague.delete(where).status, world.person("TECH", OTHER).delete(where).status) == (403, 404)
    gone = tech.delete(where)
    assert (gone.status, gone.text) == (204, "")
    assert (tech.delete(where).status, owned(tech)) == (404, [])
    tech.post("/v1/devices/register", ANDROID)
    assert admin.delete(where).status == 204


def test_device_registered_by_another_user_during_removal_is_kept(world: World, engine: EmbeddedEngine) -> None:
    before, after = world.person("TECH"), world.person("TECH")
    registered = before.post("/v1/devices/register", ANDROID).json

    def hand_on(*_: object) -> None:
        after.post("/v1/devices/register", ANDROID)

    with engine.before("TransactWriteItems", hand_on, times=1):
        answer = before.delete(f"/v1/devices/{registered['id']}")
    assert answer.status == 403
    assert len(owned(after)) == 1


def test_register_device_names_invalid_field(world: World) -> None:
    answer = world.person("TECH").post("/v1/devices/register", {"platform": "pager", "fcmToken": ""})
    assert (answer.status, set(answer.fields)) == (422, {"platform", "fcmToken"})


def test_devices_are_audited_without_tokens(world: World) -> None:
    tech = world.person("TECH")
    where = tech.post("/v1/devices/register", ANDROID, idempotency_key="k").json["id"]
    assert tech.post("/v1/devices/register", ANDROID, idempotency_key="k").json == {"id": where}
    tech.delete(f"/v1/devices/{where}")
    rows = [row for row in world.audit() if row.entity_id == where]
    assert [(row.action_type, row.outcome) for row in rows] == [("DEVICE_REGISTERED", "OK"), ("DEVICE_REMOVED", "OK")]
    assert "token-1" not in "".join(str(row.payload_diff) for row in rows)
