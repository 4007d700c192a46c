"""Which roles the packing scanner is for."""

from collections.abc import Mapping

import pytest

from chalicelib.identity.matrix import DEFAULT_MATRIX
from tests.builders.world import World

ADMIN = "SYSTEM_ADMIN"
PACK = "/shipping/scanner/pack"
CHARGE = frozenset({"supervisor", "admin", "gm", ADMIN})
PACKERS = CHARGE | {"packer"}
# Every endpoint of packing, and which roles of the default matrix it is for.
MEANT_FOR: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", PACK): PACKERS,
    ("DELETE", f"{PACK}/box/{{box_id}}/item/{{item_id}}"): PACKERS,
    ("POST", f"{PACK}/box/create"): PACKERS,
    ("POST", f"{PACK}/box/close"): PACKERS,
    ("POST", f"{PACK}/box/reopen"): CHARGE,
    ("GET", f"{PACK}/box/{{box_id}}"): PACKERS,
    ("GET", f"{PACK}/box/{{box_id}}/label"): PACKERS,
    ("GET", f"{PACK}/shipments"): PACKERS,
    ("GET", f"{PACK}/shipments/{{shipment_id}}/boxes"): PACKERS,
    ("GET", f"{PACK}/lookup/{{barcode}}"): PACKERS,
    ("POST", f"{PACK}/complete"): PACKERS,
    ("POST", "/v1/imports/shipments"): CHARGE,
    ("POST", "/v1/imports/license-plates"): CHARGE,
}


def test_the_table_names_every_endpoint_of_packing(world: World) -> None:
    endpoints = world.parts.runtime.endpoints
    packing = {(one.method, one.path) for one in endpoints if (one.permission or "").startswith("packing.")}
    assert packing == set(MEANT_FOR)


@pytest.mark.parametrize("role", DEFAULT_MATRIX)
def test_each_role_reaches_what_it_is_for_and_nothing_else(world: World, role: str) -> None:
    person = world.person(role)
    for (method, path), roles in MEANT_FOR.items():
        address = path.format(box_id="nothing", item_id="nothing", shipment_id="nothing", barcode="nothing")
        body: dict[str, list[str]] | None = {"records": []} if "imports" in path else {} if method == "POST" else None
        answer = world.call(method, address, body, token=person.token)
        if role in roles:
            assert answer.status in (200, 400, 404), (method, path, answer)
        else:
            assert (answer.status, answer.code) == (403, "ACCESS_DENIED"), (method, path)
