"""What holds for every route of the application.

The routes are taken from the running application, so a new route is tested from its first day. Nothing here knows the
use case of a route: callers are authenticated and authorised, and input is validated, before a use case runs.
"""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

import app
from chalicelib.core.clock import SystemClock
from chalicelib.core.ids import SystemIds
from chalicelib.core.settings import settings
from chalicelib.core.store import ItemKey
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.api import UNKNOWN_ROUTE
from chalicelib.edge.endpoint import Endpoint
from chalicelib.edge.http import encoder
from chalicelib.edge.openapi.document import document
from chalicelib.edge.reference.routes import PATHS
from chalicelib.identity.roles.default_permissions import PERMISSIONS
from chalicelib.identity.roles.tables import RolePermissions, role_key
from tests.builders.forms import Field, form
from tests.builders.maintenance import Park
from tests.builders.notices import send
from tests.builders.packing import loaded, new_box, packed, plate_record, shipment_id, shipment_record
from tests.builders.photos import photo, uploaded
from tests.builders.schedules import scheduled
from tests.builders.world import DEMO, OTHER, Answer, Person, World

ADMIN = "SYSTEM_ADMIN"
ENDPOINTS = [endpoint for routes in app.ROUTES for endpoint in routes.endpoints]
GUARDED = [endpoint for endpoint in ENDPOINTS if not endpoint.public]
CLOCK = SystemClock()
PUBLIC = {
    "/auth/login",
    "/auth/logout",
    "/auth/refresh",
    "/health",
    "/v1/asyncapi.json",
    "/v1/auth/forgot-password",
    "/v1/passports/{token}",
    "/v1/track/{token}",
    "/v1/auth/login",
    "/v1/auth/logout",
    "/v1/auth/refresh",
    "/v1/auth/reset-password",
    "/v1/health",
    "/v1/openapi.json",
    "/v1/openapi-3.0.json",
}
"""The addresses that need no token. A new one is added here on purpose."""


SIGNED_IN = {"/v1/overview"}
"""The addresses that need a token and no permission: what they show depends on the permissions of the caller."""


def named(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


DOCUMENT: Any = json.loads(encoder.encode(document(app.compose(settings(), CLOCK, SystemIds(CLOCK)).dependencies)))

every_guarded = pytest.mark.parametrize("endpoint", GUARDED, ids=named)
every_permitted = pytest.mark.parametrize("endpoint", [one for one in GUARDED if one.permission], ids=named)
every_mutation = pytest.mark.parametrize("endpoint", [one for one in GUARDED if one.mutates], ids=named)


def call(world: World, endpoint: Endpoint, token: str | None, **headers: str) -> Answer:
    """Call the route with ids that do not exist and an empty body."""
    path = re.sub(r"{\w+}", "nothing", endpoint.path)
    return world.call(endpoint.method, path, {} if endpoint.takes_body else None, token=token, headers=headers)


def example_body(endpoint: Endpoint) -> Any:
    """Return the body of the example in the API description, which is valid; None if the call takes none."""
    operation = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("example")


def example_call(world: World, endpoint: Endpoint, query: str) -> Answer:
    """Call the route with a valid body, a query, and ids that do not exist."""
    token = None if endpoint.public else world.person(ADMIN).token
    path = re.sub(r"{\w+}", "nothing", endpoint.path) + query
    form_type = {"content_type": "multipart/form-data; boundary=x"} if endpoint.form else {}
    headers = {"if_match": "1", **form_type}
    return world.call(endpoint.method, path, example_body(endpoint), token=token, headers=headers)


def forged(token: str, **header: Any) -> str:
    """Return the token with another header and no signature."""
    _, payload, _ = token.split(".")
    text = base64.urlsafe_b64encode(json.dumps({"typ": "JWT", **header}).encode()).decode().rstrip("=")
    return f"{text}.{payload}."


def tampered(token: str) -> Iterator[tuple[str, str]]:
    """Yield manipulated copies of the token, each with the name of the manipulation."""
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    known = jwt.get_unverified_header(token)
    other = base64.urlsafe_b64encode(json.dumps({**claims, "org": OTHER}).encode()).decode().rstrip("=")
    yield "another organisation", f"{head}.{other}.{signature}"
    yield "no algorithm", forged(token, alg="none", kid=known["kid"])
    yield "no algorithm in capitals", forged(token, alg="NONE", kid=known["kid"])
    yield "no signature", f"{head}.{payload}."
    yield "an attacker's key", jwt.encode(claims, "k" * 64, "HS256", headers={"kid": known["kid"]})
    yield "an unknown key", jwt.encode(claims, "k" * 64, "HS256", headers={"kid": "mine"})
    yield "another algorithm", jwt.encode(claims, "k" * 64, "HS512", headers={"kid": known["kid"]})
    yield "no token at all", "nonsense"


def hold(world: World, role: str, permissions: dict[str, str]) -> None:
    """Give a role of the organisation exactly these permissions."""
    where: ItemKey[RolePermissions] = role_key(DEMO, role)

    def change(work: UnitOfWork) -> None:
        work.update_unread(where, actions=[RolePermissions.permissions.set(permissions)])

    world.run(change)


def test_every_route_is_known_to_the_edge() -> None:
    served = {(method, path) for path, methods in app.app.routes.items() for method in methods}
    known = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert {one for one in served if one[1] not in {UNKNOWN_ROUTE, *PATHS}} == known
    assert {one for one in served if one[1] in PATHS} == {("GET", path) for path in PATHS}


def test_the_public_routes_are_listed() -> None:
    assert {endpoint.path for endpoint in ENDPOINTS if endpoint.public} == PUBLIC


def test_every_other_route_requires_an_existing_permission() -> None:
    permitted = [one for one in GUARDED if one.path not in SIGNED_IN]
    assert {named(one): one.permission for one in permitted if one.permission not in PERMISSIONS} == {}


def test_the_routes_without_a_permission_are_listed_and_change_nothing() -> None:
    free = [one for one in GUARDED if one.permission is None]
    assert ({one.path for one in free}, [one for one in free if one.mutates]) == (SIGNED_IN, [])


def test_every_audited_mutation_declares_its_audit_target() -> None:
    # A position is reported every few seconds and is no action of a person.
    assert [named(one) for one in GUARDED if one.mutates and one.audit_target is None] == ["POST /v1/courier/location"]


@every_guarded
def test_a_request_without_a_token_is_401(world: World, endpoint: Endpoint) -> None:
    answer = call(world, endpoint, None)
    assert (answer.status, answer.code) == (401, "AUTH_REQUIRED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@every_guarded
def test_an_expired_token_is_401(world: World, endpoint: Endpoint) -> None:
    admin = world.person(ADMIN)
    world.clock.advance(seconds=settings().access_token_s + 31)
    answer = call(world, endpoint, admin.token)
    assert (answer.status, answer.code) == (401, "AUTH_EXPIRED")


@every_guarded
def test_a_manipulated_token_is_401(world: World, endpoint: Endpoint) -> None:
    admin = world.person(ADMIN)
    for trick, token in tampered(admin.token):
        answer = call(world, endpoint, token)
        assert (answer.status, answer.code) == (401, "AUTH_INVALID"), trick


@every_permitted
def test_a_withdrawn_permission_is_403_from_the_next_request(world: World, endpoint: Endpoint) -> None:
    person = world.person("gm")
    everything = dict.fromkeys(PERMISSIONS, "org")
    hold(world, "gm", everything)
    before = call(world, endpoint, person.token)
    assert before.status < 500, before
    assert before.status != 403, before
    hold(world, "gm", {code: scope for code, scope in everything.items() if code != endpoint.permission})
    after = call(world, endpoint, person.token)
    assert (after.status, after.code) == (403, "ACCESS_DENIED"), after
    assert after.json["error"]["details"] == {"permission": endpoint.permission}


@every_mutation
def test_a_refused_mutation_has_an_audit_row(world: World, endpoint: Endpoint) -> None:
    person = world.person("gm")
    hold(world, "gm", {})
    answer = call(world, endpoint, person.token, user_agent="scanner/7")
    assert answer.status == 403
    [row] = [row for row in world.audit() if row.actor_id == person.user_id]
    assert (row.outcome, row.payload_diff) == ("ACCESS_DENIED", None)
    assert row.request_id == answer.headers["X-Request-Id"]
    assert (row.client_address, row.user_agent) == ("127.0.0.1", "scanner/7")
    about = endpoint.audit_target
    expected = (about.entity_type, about.action) if about else ("request", endpoint.name.upper())
    assert (row.entity_type, row.action_type) == expected


@pytest.mark.parametrize("endpoint", [one for one in GUARDED if one.mutates and one.takes_body], ids=named)
def test_a_malformed_body_is_400_and_has_an_audit_row(world: World, endpoint: Endpoint) -> None:
    person = world.person(ADMIN)
    path = re.sub(r"{\w+}", "nothing", endpoint.path)
    form = {"content_type": "multipart/form-data; boundary=x"} if endpoint.form else {}
    answer = world.call(endpoint.method, path, token=person.token, raw=b"{nonsense", headers={"if_match": "1", **form})
    assert (answer.status, answer.code) == (400, "MALFORMED_FORM" if endpoint.form else "MALFORMED_JSON")
    [row] = [row for row in world.audit() if row.actor_id == person.user_id]
    assert row.outcome == answer.code


@every_guarded
def test_a_disabled_person_is_401_everywhere(world: World, endpoint: Endpoint) -> None:
    admin, person = world.person(ADMIN), world.person(ADMIN)
    assert admin.patch(f"/v1/users/{person.user_id}", {"status": "DISABLED"}).status == 200
    answer = call(world, endpoint, person.token)
    assert (answer.status, answer.code) == (401, "AUTH_INVALID")


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=named)
def test_an_unknown_query_parameter_is_422(world: World, endpoint: Endpoint) -> None:
    answer = example_call(world, endpoint, "?pages=1&_pages=2")
    if endpoint.any_query:
        assert answer.status == endpoint.status
    else:
        assert (answer.status, answer.code) == (endpoint.invalid_status, "VALIDATION_ERROR"), answer
        assert answer.fields["pages"] == "unknown parameter"
        assert "_pages" not in answer.fields


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=named)
def test_a_query_that_is_not_utf_8_is_400(world: World, endpoint: Endpoint) -> None:
    answer = example_call(world, endpoint, "?_a=%FF")
    if endpoint.any_query:
        assert answer.status == endpoint.status
    else:
        assert (answer.status, answer.code) == (400, "MALFORMED_QUERY"), answer


def test_only_health_checks_and_sign_out_ignore_unknown_query_parameters() -> None:
    paths = {"/health", "/v1/health", "/auth/logout", "/v1/auth/logout"}
    assert {endpoint.path for endpoint in ENDPOINTS if endpoint.any_query} == paths


def test_items_of_another_organisation_are_404_everywhere(world: World) -> None:
    # Every organisation has its own role of each code; test_roles.py shows that they are separate.
    checked = [one for one in GUARDED if "{" in one.path and "{code}" not in one.path]
    stranger, existing = world.person(ADMIN, OTHER), items(world, world.person(ADMIN))
    for endpoint in checked:
        path = endpoint.path.format_map(existing)
        headers = {"if_match": "1"} if endpoint.if_match == "required" else {}
        content_type, raw = form(Field("file", photo(), "photo.jpg")) if endpoint.form else ("application/json", None)
        headers["content_type"] = content_type
        body = example_body(endpoint)
        answer = world.call(endpoint.method, path, body, token=stranger.token, headers=headers, raw=raw)
        assert (answer.status, answer.code) == (404, "NOT_FOUND"), named(endpoint)


def items(world: World, admin: Person) -> dict[str, str]:
    """Return the id of an item of the first organisation by the path parameter that names it."""
    order = admin.post(
        "/v1/orders", {"pickup_address": "Dam 1", "dropoff_address": "Amstel 2", "receiver_phone": "+31201234567"}
    )
    device = admin.post("/v1/devices/register", {"platform": "web", "fcmToken": "t"})
    lines = [{"line_number": 1, "sku": "S", "quantity": 1, "location": "A"}]
    record = {"assignment_ref": "PA-1", "customer": "C", "order_label": "L", "role": "picker", "lines": lines}
    assert admin.post("/v1/imports/pick-assignments", {"records": [record]}).status == 200
    event = {"client_event_id": "0b9c6c3e-5a1f-4d57-9d0f-6d6f1f3f9a10", "event_type": "unknown"}
    assert admin.post("/events/batch", {"events": [event]}).status == 200
    return {
        "line_number": "1",
        "client_event_id": event["client_event_id"],
        "order_id": order.json["order"]["id"],
        "device_id": device.json["id"],
        "session_id": admin.session_id,
        "user_id": admin.user_id,
        "key_id": admin.post("/v1/api-keys", {"name": "Shop", "role": "customer"}).json["data"]["id"],
        "notice_id": send(world, admin, "something")[0],
        "work_order_id": (park := Park(world)).routed()["id"],
        "labour_id": added(park, "labour", {"minutes": 5}),
        "part_id": added(park, "parts", {"name": "Bolt", "quantity": 1}),
        "photo_id": uploaded(park.tech, park.started())["id"],
        "checklist_ref": park.checklist,
        "ride_code": park.ride,
        "schedule_id": scheduled(park)["id"],
        "assignment_id": "PA-1",
        **packing_items(admin),
        **line_items(admin),
    }


def added(park: Park, kind: str, body: object) -> str:
    """Return the id of labour or of a part that was added to a new work order."""
    answer = park.lead.post(f"/v1/work-orders/{park.routed()['id']}/{kind}", body)
    assert answer.status == 201, answer
    return str(answer.json["id"])


def packing_items(admin: Person) -> dict[str, str]:
    """Return the ids of a shipment, a box and an item in it."""
    loaded(admin, "shipments", shipment_record())
    loaded(admin, "license-plates", plate_record())
    box = new_box(admin)
    item = packed(admin, box)
    return {"shipment_id": shipment_id(), "barcode": "SH-1", "box_id": box, "item_id": item}


def line_items(admin: Person) -> dict[str, str]:
    """Return the ids of a SKU, a batch, a module and a pack, and of a lot, a hold and a recall."""
    blueprint = {"name": "A", "chemistry": "LFP", "cellsPerModule": 1, "modulesPerPack": 1}
    sku_id = admin.post("/v1/skus", blueprint).json["data"]["id"]
    admin.patch(f"/v1/skus/{sku_id}/activate")
    batch_id = admin.post("/v1/batches", {"skuId": sku_id}).json["data"]["id"]
    admin.patch(f"/v1/batches/{batch_id}/start")
    module = admin.post("/v1/modules", {"batchId": batch_id, "serial": "M"}).json["data"]
    pack = admin.post("/v1/packs", {"batchId": batch_id, "serial": "P"}).json["data"]
    made = {"sku_id": sku_id, "batch_id": batch_id, "module_id": module["id"], "pack_id": pack["id"]}
    lot = admin.post("/v1/cell-lots", {"lot": "L-1"}).json["data"]["lot"]
    hold = admin.post("/v1/holds", {"kind": "LOT", "value": lot, "reason": "Swelling"}).json["data"]
    recall = admin.post("/v1/recalls", {"lots": [lot], "reason": "Swelling"}).json["data"]
    return made | {"serial": pack["serial"], "lot": lot, "hold_id": hold["id"], "recall_id": recall["id"]}
