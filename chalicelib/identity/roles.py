"""The use cases around roles: see what they may do, and say what they may do from now on."""

from __future__ import annotations

from typing import Any

from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotFound, ValidationFailed
from chalicelib.core.store import get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.identity.administration import administers_roles, keep_administrator
from chalicelib.identity.console_schemas import RoleChange
from chalicelib.identity.default_permissions import PERMISSIONS
from chalicelib.identity.tables import RolePermissions, role_key

READ = "identity.role.read"
MANAGE = "identity.role.manage"


def find_role(request: Request[Any, Any], code: str, permission: str) -> RolePermissions:
    """A role of the caller's organisation. Raises `NotFound` or `AccessDenied`."""
    role = request.read(role_key(request.actor.org_id, code))
    if role is None:
        raise NotFound("There is no such role.")
    request.actor.require_reach(permission)
    return role


def replace_permissions(
    work: UnitOfWork, request: Request[RoleChange, Any], code: str, clock: Clock
) -> RolePermissions:
    """Say what a role may do; everybody who has it may do that from their next request on.

    Raises `NotFound`, `AccessDenied`, `VersionConflict` (if the request names a version), `ValidationFailed` naming the
    entry, or `LastRoleAdministrator`.
    """
    role = find_role(request, code, MANAGE)
    request.check_version(role)
    permissions = _checked(code, request.body)
    if administers_roles(role.permissions) and not administers_roles(permissions):
        actor = request.actor
        found = get_many([role_key(actor.org_id, actor.role)], clock)
        keep_administrator(work, actor, clock, found, without_role=code)
    if permissions != role.permissions:
        work.update(role, {"permissions": permissions})
    return role


def _checked(code: str, wanted: RoleChange) -> dict[str, str]:
    """`{code: scope}`. Raises `ValidationFailed` naming each entry that is unknown or there twice."""
    problems: dict[str, str] = {}
    permissions: dict[str, str] = {}
    if wanted.code not in (None, code):
        problems["code"] = "must be the role that the address names"
    for number, one in enumerate(wanted.permissions):
        if one.code not in PERMISSIONS:
            problems[f"permissions.{number}.code"] = f"{one.code} is not a permission"
        elif one.code in permissions:
            problems[f"permissions.{number}.code"] = f"{one.code} is there twice"
        permissions[one.code] = one.scope
    if problems:
        raise ValidationFailed(problems)
    return permissions
