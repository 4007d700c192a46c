"""The roles that may call the endpoints of packing."""

from collections.abc import Mapping

import pytest

from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS
from chalicelib.identity.roles.tables import RolePermissions, role_key
from tests.builders.packing import (
    loaded,
    new_box,
    pack_item,
    packed,
    plate_record,
    remove_item,
    shipment_id,
    shipment_record,
)
from tests.builders.world import DEMO, World

ADMIN = "SYSTEM_ADMIN"
PACK = "/shipping/scanner/pack"
CHARGE = frozenset({"supervisor", "admin", "gm", ADMIN})
PACKERS = CHARGE | {"packer"}
# Every endpoint of packing, and the roles that may call it by default.
MEANT_FOR: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", PACK): PACKERS,
    ("DELETE", f"{PACK}/box/{{box_id}}/item/{{item_id}}"): PACKERS,
    ("POST", f"{PACK}/box/create"): PACKERS,
    ("POST", f"{PACK}/box/close"): PACKERS,
    ("POST", f"{PACK}/box/reopen"): CHARGE,
    ("DELETE", f"{PACK}/box/{{box_id}}"): PACKERS,
    ("GET", f"{PACK}/box/{{box_id}}"): PACKERS,
    ("GET", f"{PACK}/box/{{box_id}}/label"): PACKERS,
    ("GET", f"{PACK}/shipments"): PACKERS,
    ("GET", f"{PACK}/shipments/{{shipment_id}}"): PACKERS,
    ("GET", f"{PACK}/shipments/{{shipment_id}}/boxes"): PACKERS,
    ("GET", f"{PACK}/shipments/{{shipment_id}}/slip"): PACKERS,
    ("POST", f"{PACK}/shipments/{{shipment_id}}/reopen"): CHARGE,
    ("POST", f"{PACK}/shipments/{{shipment_id}}/cancel"): CHARGE,
    ("GET", f"{PACK}/lookup/{{barcode}}"): PACKERS,
    ("POST", f"{PACK}/complete"): PACKERS,
    ("POST", "/v1/imports/shipments"): CHARGE,
    ("POST", "/v1/imports/license-plates"): CHARGE,
}


def test_the_table_names_every_endpoint_of_packing(world: World) -> None:
    endpoints = world.parts.dependencies.endpoints
    packing = {(one.method, one.path) for one in endpoints if (one.permission or "").startswith("packing.")}
    assert packing == set(MEANT_FOR)


@pytest.mark.parametrize("role", DEFAULT_PERMISSIONS)
def test_each_role_reaches_only_its_endpoints(world: World, role: str) -> None:
    person = world.person(role)
    for (method, path), roles in MEANT_FOR.items():
        address = path.format(box_id="nothing", item_id="nothing", shipment_id="nothing", barcode="nothing")
        body: dict[str, list[str]] | None = {"records": []} if "imports" in path else {} if method == "POST" else None
        answer = world.call(method, address, body, token=person.token)
        if role in roles:
            assert answer.status in (200, 400, 404), (method, path, answer)
        else:
            assert (answer.status, answer.code) == (403, "ACCESS_DENIED"), (method, path)


def test_the_scope_own_covers_only_items_that_the_caller_packed(world: World) -> None:
    boss, packer = world.person("supervisor"), world.person("packer")
    loaded(boss, "shipments", shipment_record())
    loaded(boss, "license-plates", plate_record())
    box = new_box(packer)
    mine, theirs = packed(packer, box), packed(boss, box)
    scopes = {code: "org" if code == "packing.item.pack" else "own" for code in DEFAULT_PERMISSIONS["supervisor"]}
    hold(world, "packer", scopes)
    missing = "00000000-0000-4000-8000-000000000000"
    calls: list[tuple[str, str, object]] = [
        ("DELETE", f"{PACK}/box/{box}/item/{theirs}", None),
        ("POST", f"{PACK}/box/create", {"shipment_id": shipment_id()}),
        ("POST", f"{PACK}/box/close", {"box_id": box}),
        ("POST", f"{PACK}/box/reopen", {"box_id": box, "reason": "r"}),
        ("POST", f"{PACK}/complete", {"shipment_id": shipment_id()}),
        ("POST", f"{PACK}/shipments/{shipment_id()}/reopen", {"reason": "r"}),
        ("POST", f"{PACK}/shipments/{shipment_id()}/cancel", {"reason": "r"}),
        ("DELETE", f"{PACK}/box/{box}", None),
        ("GET", f"{PACK}/box/{box}", None),
        ("GET", f"{PACK}/box/{box}/label", None),
        ("GET", f"{PACK}/shipments", None),
        ("GET", f"{PACK}/shipments/{shipment_id()}/boxes", None),
        ("GET", f"{PACK}/shipments/{shipment_id()}/slip", None),
        ("GET", f"{PACK}/lookup/SH-1", None),
        ("GET", f"{PACK}/lookup/LP-1", None),
    ]
    for method, path, body in calls:
        answer = world.call(method, path, body, token=packer.token)
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED"), path
    assert packer.get(f"{PACK}/box/{missing}").status == 404
    assert pack_item(packer, box).status == 201
    assert remove_item(packer, box, mine).status == 204
    hold(world, "packer", {"packing.item.pack": "own"})
    assert pack_item(packer, box).status == 403
    assert pack_item(packer, missing).status == 404


def hold(world: World, role: str, permissions: dict[str, str]) -> None:
    """Give a role exactly these permissions."""
    where = role_key(DEMO, role)
    world.run(lambda work: work.update_unread(where, actions=[RolePermissions.permissions.set(permissions)]))
