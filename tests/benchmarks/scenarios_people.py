"""The endpoints of users, roles, devices and the audit trail, in an organisation of sixty users with some history."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from tests.benchmarks.stage import Hit, Stage
from tests.builders.world import Person

Prepared = dict[str, Callable[[Stage], Hit]]

PEOPLE = 60
SITUATION = "people"
ADMIN = "SYSTEM_ADMIN"


@cache
def _office(stage: Stage) -> tuple[Person, Person]:
    """Return an administrator, and a technician who reports to them, among other users."""
    admin = stage.world.person(ADMIN, full_name="Ada Admin")
    for number in range(PEOPLE):
        stage.world.person("picker", email=f"p{number}@example.org", game_zone="North", skills=("forklift",))
    stage.world.person(ADMIN)
    tech = stage.world.person("TECH", reports_to=admin.user_id, email="tech@example.org")
    for number in range(5):
        admin.patch(f"/v1/users/{tech.user_id}", {"team": f"Team {number}"})
    return admin, tech


def _read(stage: Stage, path: str, *, named: bool = False, own: bool = False) -> Hit:
    admin, tech = _office(stage)
    names = {"user_id": tech.user_id, "code": "TECH"}
    params = {name: value for name, value in names.items() if f"{{{name}}}" in path}
    query = {"entityId": tech.user_id} if named else {}
    return Hit("GET", path, tech if own else admin, params=params, query=query)


def _update_user(stage: Stage, body: dict[str, object]) -> Hit:
    admin, tech = _office(stage)
    return Hit("PATCH", "/v1/users/{user_id}", admin, body, {"user_id": tech.user_id})


def _create_user(stage: Stage) -> Hit:
    admin, tech = _office(stage)
    body = {"username": "new", "fullName": "New", "role": "TECH", "reportsTo": tech.user_id, "email": "n@example.org"}
    return Hit("POST", "/v1/users", admin, body, status=201)


def _step_down(stage: Stage) -> Hit:
    admin, _ = _office(stage)
    return Hit("PATCH", "/v1/users/{user_id}", admin, {"role": "QA"}, {"user_id": admin.user_id})


def _replace_role(stage: Stage) -> Hit:
    admin, _ = _office(stage)
    body = {"permissions": [{"code": "audit.read", "scope": "org"}]}
    return Hit("PUT", "/v1/roles/{code}", admin, body, {"code": "TECH"})


def _register_device(stage: Stage) -> Hit:
    _, tech = _office(stage)
    return Hit("POST", "/v1/devices/register", tech, {"platform": "ios", "fcmToken": "t"}, status=201)


def _remove_device(stage: Stage) -> Hit:
    _, tech = _office(stage)
    made = tech.post("/v1/devices/register", {"platform": "ios", "fcmToken": "t"}).json["id"]
    return Hit("DELETE", "/v1/devices/{device_id}", tech, params={"device_id": made}, status=204)


_ROLE = {"code": "kiosk", "name": "Kiosk", "permissions": [{"code": "audit.read", "scope": "org"}]}
_API_KEY = {"name": "Shop", "role": "customer"}


def _create(stage: Stage, path: str, body: object) -> Hit:
    admin, _ = _office(stage)
    return Hit("POST", path, admin, body, status=201)


def _delete_role(stage: Stage) -> Hit:
    admin, _ = _office(stage)
    admin.post("/v1/roles", _ROLE)
    return Hit("DELETE", "/v1/roles/{code}", admin, params={"code": "kiosk"}, status=204)


def _delete_api_key(stage: Stage) -> Hit:
    admin, _ = _office(stage)
    made = admin.post("/v1/api-keys", _API_KEY).json["data"]["id"]
    return Hit("DELETE", "/v1/api-keys/{key_id}", admin, params={"key_id": made}, status=204)


def _session(stage: Stage, path: str) -> Hit:
    _, tech = _office(stage)
    other = stage.world.signed_in(tech.org_id, tech.user_id, "TECH")
    params = {"session_id": other.session_id} if "{" in path else {}
    return Hit("DELETE", path, tech, params=params, status=204)


GETS: Prepared = {
    "GET /v1/me": partial(_read, path="/v1/me", own=True),
    "GET /v1/me/profile": partial(_read, path="/v1/me/profile", own=True),
    "GET /v1/me/sessions": partial(_read, path="/v1/me/sessions", own=True),
    "GET /v1/users/{id}": partial(_read, path="/v1/users/{user_id}"),
    "GET /v1/roles": partial(_read, path="/v1/roles"),
    "GET /v1/roles/{code}": partial(_read, path="/v1/roles/{code}"),
    "GET /v1/api-keys": partial(_read, path="/v1/api-keys"),
    "GET /v1/audit": partial(_read, path="/v1/audit"),
    "GET /v1/audit, of an entity": partial(_read, path="/v1/audit", named=True),
}
LISTS: Prepared = {"GET /v1/users": partial(_read, path="/v1/users")}
"""Over the budget for a reason: the index has neither last sign-ins nor locks (`identity.accounts.queries`)."""
LIST_TRIPS = 3
CHANGES: Prepared = {
    "PATCH /v1/users/{id}": partial(_update_user, body={"team": "Night"}),
    "PATCH /v1/users/{id}, other names": partial(_update_user, body={"username": "tech-2", "email": "t2@example.org"}),
    "PUT /v1/roles/{code}": _replace_role,
    "POST /v1/roles": partial(_create, path="/v1/roles", body=_ROLE),
    "DELETE /v1/roles/{code}": _delete_role,
    "POST /v1/api-keys": partial(_create, path="/v1/api-keys", body=_API_KEY),
    "DELETE /v1/api-keys/{id}": _delete_api_key,
    "POST /v1/devices/register": _register_device,
    "DELETE /v1/devices/{id}": _remove_device,
    "DELETE /v1/me/sessions/{id}": partial(_session, path="/v1/me/sessions/{session_id}"),
    "DELETE /v1/me/sessions": partial(_session, path="/v1/me/sessions"),
}
HASHING: Prepared = {"POST /v1/users": _create_user}
"""The endpoint that hashes a password, which any program would have to do."""
RARE: Prepared = {
    "PATCH /v1/users/{id}, disabled": partial(_update_user, body={"status": "DISABLED"}),
    "PATCH /v1/users/{id}, stepping down": _step_down,
}
"""Over the budget for a reason: what the user does as a courier is read
(`dispatch.couriers.service.end_duty_of_signed_out`), or another administrator has to be searched for
(`identity.roles.administration`)."""
