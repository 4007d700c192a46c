"""The permissions of the battery console: the contract's table, checked for every endpoint and role."""

import re

import pytest

import app
from chalicelib.edge.endpoint import Endpoint
from chalicelib.identity.roles.default_permissions import ROLES
from tests.builders.manufacturing import Line
from tests.builders.world import World

CONSOLE = ("SYSTEM_ADMIN", "PRODUCTION", "QA", "SUPERVISOR", "VIEW_ONLY")
ALL = set(CONSOLE)
PRODUCTION = {"PRODUCTION", "SYSTEM_ADMIN"}
QA = {"QA", "SYSTEM_ADMIN"}

# The administrator has "full access to all endpoints", as the contract says where it introduces the roles.
ALLOWED: dict[tuple[str, str], set[str]] = {
    ("GET", "/v1/skus"): ALL,
    ("POST", "/v1/skus"): {"SYSTEM_ADMIN", "SUPERVISOR"},
    ("GET", "/v1/skus/{sku_id}"): ALL,
    ("PATCH", "/v1/skus/{sku_id}"): {"SYSTEM_ADMIN", "SUPERVISOR"},
    ("PATCH", "/v1/skus/{sku_id}/activate"): {"SYSTEM_ADMIN"},
    ("PATCH", "/v1/skus/{sku_id}/retire"): {"SYSTEM_ADMIN", "SUPERVISOR"},
    ("POST", "/v1/imports/skus"): {"SYSTEM_ADMIN", "SUPERVISOR"},
    ("POST", "/v1/imports/batches"): PRODUCTION,
    ("POST", "/v1/imports/cells"): PRODUCTION,
    ("POST", "/v1/imports/tests"): {"QA", "SYSTEM_ADMIN"},
    ("GET", "/v1/batches"): ALL,
    ("POST", "/v1/batches"): PRODUCTION,
    ("GET", "/v1/batches/{batch_id}"): ALL,
    ("PATCH", "/v1/batches/{batch_id}/start"): PRODUCTION,
    ("PATCH", "/v1/batches/{batch_id}/complete"): {"SUPERVISOR", "QA", "SYSTEM_ADMIN"},
    ("PATCH", "/v1/batches/{batch_id}/void"): PRODUCTION | {"SUPERVISOR"},
    ("GET", "/v1/modules"): ALL,
    ("POST", "/v1/modules"): PRODUCTION,
    ("GET", "/v1/modules/{module_id}"): ALL,
    ("PATCH", "/v1/modules/{module_id}/bind-cell"): PRODUCTION,
    ("POST", "/v1/modules/{module_id}/bind-cells"): PRODUCTION,
    ("PATCH", "/v1/modules/{module_id}/unbind-cell"): PRODUCTION,
    ("PATCH", "/v1/modules/{module_id}/seal"): PRODUCTION,
    ("PATCH", "/v1/modules/{module_id}/scrap"): PRODUCTION,
    ("GET", "/v1/packs"): ALL,
    ("POST", "/v1/packs"): PRODUCTION,
    ("GET", "/v1/packs/{pack_id}"): ALL,
    ("GET", "/v1/packs/{pack_id}/dispositions"): ALL,
    ("PATCH", "/v1/packs/{pack_id}/bind-module"): PRODUCTION,
    ("POST", "/v1/packs/{pack_id}/bind-modules"): PRODUCTION,
    ("PATCH", "/v1/packs/{pack_id}/seal"): PRODUCTION,
    ("PATCH", "/v1/packs/{pack_id}/unbind-module"): PRODUCTION,
    ("PATCH", "/v1/packs/{pack_id}/rework"): PRODUCTION | {"SUPERVISOR"},
    ("PATCH", "/v1/packs/{pack_id}/void"): PRODUCTION | {"SUPERVISOR"},
    ("PATCH", "/v1/packs/{pack_id}/ship"): PRODUCTION,
    ("POST", "/v1/returns"): PRODUCTION,
    ("PATCH", "/v1/packs/{pack_id}/disposition"): {"QA", "SYSTEM_ADMIN"},
    ("GET", "/v1/packs/{pack_id}/passport"): ALL,
    ("GET", "/v1/packs/{pack_id}/passport/qr"): ALL,
    ("GET", "/v1/reports/line"): ALL,
    ("GET", "/v1/units/{serial}/tests"): ALL,
    ("POST", "/v1/units/{serial}/tests"): {"QA", "SYSTEM_ADMIN"},
    ("GET", "/v1/holds"): ALL,
    ("POST", "/v1/holds"): {"QA", "SYSTEM_ADMIN"},
    ("GET", "/v1/holds/{hold_id}"): ALL,
    ("POST", "/v1/holds/{hold_id}/release"): {"SUPERVISOR", "SYSTEM_ADMIN"},
    ("GET", "/v1/cell-lots"): ALL,
    ("POST", "/v1/cell-lots"): PRODUCTION,
    ("GET", "/v1/cell-lots/{lot}"): ALL,
    ("PATCH", "/v1/cell-lots/{lot}/status"): {"QA", "SYSTEM_ADMIN"},
    ("GET", "/v1/cells/{serial}/lot"): ALL,
    ("PATCH", "/v1/cells/{serial}/lot"): {"QA", "SYSTEM_ADMIN"},
    ("GET", "/v1/trace/{serial}"): ALL,
    ("GET", "/v1/trace/{serial}/export"): ALL,
    ("GET", "/v1/trace/affected"): ALL,
    ("POST", "/v1/recalls"): QA,
    ("GET", "/v1/recalls"): ALL,
    ("GET", "/v1/recalls/{recall_id}"): ALL,
    ("GET", "/v1/recalls/{recall_id}/units"): ALL,
    ("PATCH", "/v1/recalls/{recall_id}/units"): QA,
    ("PATCH", "/v1/recalls/{recall_id}/close"): QA,
    ("PATCH", "/v1/recalls/{recall_id}/cancel"): QA,
    ("PATCH", "/v1/recalls/{recall_id}/reopen"): QA,
}
LINE = [
    endpoint
    for routes in app.ROUTES
    for endpoint in routes.endpoints
    if (endpoint.permission or "").startswith("manufacturing.")
]


def test_table_has_every_endpoint_of_manufacturing() -> None:
    assert {(endpoint.method, endpoint.path) for endpoint in LINE} == set(ALLOWED)


@pytest.mark.parametrize("endpoint", LINE, ids=lambda one: f"{one.method} {one.path}")
@pytest.mark.parametrize("role", sorted(ROLES))
def test_roles_may_call_what_the_contract_says(world: World, endpoint: Endpoint, role: str) -> None:
    person = world.person(role)
    path = re.sub(r"{\w+}", "nothing", endpoint.path)
    answer = world.call(endpoint.method, path, {} if endpoint.takes_body else None, token=person.token)
    if role in ALLOWED[endpoint.method, endpoint.path]:
        assert answer.status in (200, 404, 422), answer  # permitted, but there is no such entity
    else:
        assert (answer.status, answer.code) == (403, "ACCESS_DENIED")


def test_roles_of_the_contract_can_complete_a_batch(world: World) -> None:
    line = Line(world)
    batch = line.batch()
    line.finished_pack(batch)
    assert line.supervisor.patch(f"/v1/batches/{batch['id']}/complete").status == 200
