"""The text that the local stack prints when it is ready: users, addresses, and a first example."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

from chalicelib.core.settings import settings
from infra.local.demo_people import ORGANISATIONS, DemoOrganisation

READY = "Baton is ready"
_PLACEHOLDER = "PASSWORD"


def banner(port: int, password: str | None, engine: str, notes: list[str]) -> str:
    """Return the text; its last line is `READY`. `password` is None if this process does not know it."""
    base = f"http://localhost:{port}/api"
    lines = [
        "",
        *people(),
        "",
        f"  Password of all users     {password or 'unchanged since the users were created'}",
        f"  HTTP                      {base}",
        f"  Sockets                   {base.replace('http', 'ws', 1)}/v1/ws/courier|customer|staff?token=...",
        f"  OpenAPI                   {base}/v1/openapi.json",
        f"  Health                    {base}/health",
        f"  Stage                     {settings().stage}",
        f"  Data                      {engine}",
        *[f"  Note                      {note}" for note in notes],
        "",
        "  Try it in another terminal: define a sign-in function, set a courier on duty, order a delivery",
        "",
        *curl_lines(base, password or _PLACEHOLDER),
        "",
        "  `make walkthrough` plays a whole delivery and prints each step. Ctrl-C stops Baton.",
        "",
        READY,
    ]
    return "\n".join(lines)


def people() -> Iterator[str]:
    """Yield a table of organisations, roles and user names."""
    yield f"  {'organisation':<14}{'role':<16}user names"
    for organisation in ORGANISATIONS:
        for role, names in _by_role(organisation).items():
            yield f"  {organisation.org_id:<14}{role:<16}{' '.join(names)}"


def curl_lines(base: str, password: str) -> list[str]:
    """Return three shell commands: a function that signs in, a courier going on duty, and an order."""
    json_type = "-H 'Content-Type: application/json'"
    # The shell inserts the user name between two quoted parts of the JSON.
    login = """'{"username":"'"$1\"""" + shlex.quote('","password":' + json.dumps(password) + "}")
    extract = shlex.quote(r's/.*"accessToken":"([^"]*)".*/\1/')
    order = {
        "pickup_address": "Dam 1, Amsterdam",
        "dropoff_address": "Museumplein 6, Amsterdam",
        "receiver_phone": "+31205550201",
    }
    return [
        f"token() {{ curl -s {base}/v1/auth/login {json_type} -d {login} | sed -E {extract}; }}",
        f"curl -si {base}/v1/courier/availability {_as('courier1')} {json_type} -d '{json.dumps({'available': True})}'",
        f"curl -si {base}/v1/orders {_as('customer1')} {json_type} -d {shlex.quote(json.dumps(order))}",
    ]


def _as(name: str) -> str:
    return f'-H "Authorization: Bearer $(token {name})"'


def _by_role(organisation: DemoOrganisation) -> dict[str, list[str]]:
    roles: dict[str, list[str]] = {}
    for person in organisation.people:
        roles.setdefault(person.role, []).append(person.username)
    return roles
