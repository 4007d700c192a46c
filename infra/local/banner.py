"""What the local stack says when it is ready: who is there, where it is, and what to try first."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

from infra.local.demo_people import ORGANISATIONS, DemoOrganisation

READY = "Baton is ready"
_UNKNOWN = "PASSWORD"


def banner(port: int, password: str | None, engine: str, notes: list[str]) -> str:
    """The whole text; the last line says that it is ready. `password` None: it is not known to this process."""
    base = f"http://localhost:{port}/api"
    lines = [
        "",
        *people(),
        "",
        f"  Password of all of them   {password or 'the one from when they were made'}",
        f"  HTTP                      {base}",
        f"  Sockets                   {base.replace('http', 'ws', 1)}/v1/ws/courier|customer|staff?token=...",
        f"  OpenAPI                   {base}/v1/openapi.json",
        f"  Health                    {base}/health",
        f"  Data                      {engine}",
        *[f"  Note                      {note}" for note in notes],
        "",
        "  Try it in another terminal: make sign-in easy, let a courier go on duty, order a delivery",
        "",
        *curl_lines(base, password or _UNKNOWN),
        "",
        "  A whole delivery, played and printed step by step: make walkthrough. Ctrl-C ends Baton.",
        "",
        READY,
    ]
    return "\n".join(lines)


def people() -> Iterator[str]:
    """Organisations, roles and user names as a table."""
    yield f"  {'organisation':<14}{'role':<16}user names"
    for organisation in ORGANISATIONS:
        for role, names in _by_role(organisation).items():
            yield f"  {organisation.org_id:<14}{role:<16}{' '.join(names)}"


def curl_lines(base: str, password: str) -> list[str]:
    """Three lines that can be pasted: a shell function that signs in, going on duty, ordering."""
    json_type = "-H 'Content-Type: application/json'"
    # The shell puts the name between two quoted pieces of JSON.
    login = """'{"username":"'"$1\"""" + shlex.quote('","password":' + json.dumps(password) + "}")
    pick = shlex.quote(r's/.*"accessToken":"([^"]*)".*/\1/')
    order = {
        "pickup_address": "Dam 1, Amsterdam",
        "dropoff_address": "Museumplein 6, Amsterdam",
        "receiver_phone": "+31205550201",
    }
    return [
        f"token() {{ curl -s {base}/v1/auth/login {json_type} -d {login} | sed -E {pick}; }}",
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
