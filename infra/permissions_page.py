"""Writes `docs/permissions.md`: the default permissions of every role, generated from the code.

    python -m infra.permissions_page            write the page
    python -m infra.permissions_page --check    exit with 1 if the page is not current

A test checks that the page is current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from chalicelib.identity.roles.default_permissions import ADMIN_ROLE, DEFAULT_PERMISSIONS, PERMISSIONS, ROLES
from infra.pages import write_or_check

PAGE = Path(__file__).parents[1] / "docs" / "permissions.md"
_TITLES = {
    "identity": "Users, sessions and roles",
    "audit": "Audit trail",
    "realtime": "Sockets",
    "notices": "Notifications",
    "dispatch": "Courier dispatch",
    "picking": "Picking",
    "packing": "Packing",
    "maintenance": "Maintenance",
    "manufacturing": "Manufacturing",
}
_INTRODUCTION = f"""\
# Permissions

<!-- Written by `python -m infra.permissions_page`. Do not edit. -->

What each role may do in a new organisation. This is where organisations start; users with `identity.role.manage`
change it at run time with `PUT /v1/roles/{{code}}`, and a change applies from the next request on. `POST /v1/roles`
makes further roles and `DELETE /v1/roles/{{code}}` deletes unused ones; the roles below stay.

API keys act with a role too, but never hold permissions of a person's own session: `identity.session.*`,
`identity.password.*`, `identity.device.*` and `realtime.*`.

- `own`: what is assigned to the user or was created by them
- `zone`: what belongs to the user's game zone, and their own
- `org`: everything in the organisation

`{ADMIN_ROLE}` holds every permission with the scope `org` and has no column.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *_roles(), *_tables()]).rstrip() + "\n"


def _roles() -> Iterator[str]:
    yield "## Roles\n"
    yield from _table(
        ("code", "role", "permissions"), [(f"`{c}`", n, str(len(DEFAULT_PERMISSIONS[c]))) for c, n in _named()]
    )
    yield ""


def _named() -> list[tuple[str, str]]:
    return list(ROLES.items())


def _tables() -> Iterator[str]:
    for domain, codes in groupby(PERMISSIONS, key=lambda code: code.partition(".")[0]):
        yield f"## {_TITLES[domain]}\n"
        yield from _table(("permission", "allows", "roles"), [_row(code) for code in codes])
        yield ""


def _row(code: str) -> tuple[str, str, str]:
    scopes: dict[str, list[str]] = {}
    for role in ROLES:
        scope = DEFAULT_PERMISSIONS[role].get(code)
        if scope is not None and role != ADMIN_ROLE:
            scopes.setdefault(scope, []).append(role)
    held = "; ".join(f"`{scope}`: {_listed(roles)}" for scope, roles in scopes.items())
    return f"`{code}`", PERMISSIONS[code], held


def _listed(roles: Sequence[str]) -> str:
    return "everyone" if len(roles) == len(ROLES) - 1 else ", ".join(roles)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def main(arguments: Sequence[str]) -> int:
    """Write or check; the exit status."""
    return write_or_check(PAGE, page(), "infra.permissions_page", arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
