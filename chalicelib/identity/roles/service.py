"""The use case of roles: replace the permissions of a role."""

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.roles.administration import can_manage_roles, require_remaining_admin
from chalicelib.identity.roles.default_permissions import PERMISSIONS
from chalicelib.identity.roles.schemas import RoleChange
from chalicelib.identity.roles.tables import RolePermissions, role_key


def replace_role(work: UnitOfWork, role: RolePermissions, command: RoleChange, actor: Actor) -> RolePermissions:
    """Replace the permissions of a role; they apply from the next request of each of its users.

    Raise `ValidationFailed` naming each invalid entry, or `LastRoleAdministrator`.
    """
    permissions = _checked_permissions(role.code, command)
    if can_manage_roles(role.permissions) and not can_manage_roles(permissions):
        require_remaining_admin(work, actor, get(role_key(actor.org_id, actor.role)), without_role=role.code)
    if permissions != role.permissions:
        work.update(role, {"permissions": permissions})
    return role


def _checked_permissions(code: str, command: RoleChange) -> dict[str, str]:
    """Return `{code: scope}`. Raise `ValidationFailed` naming each entry that is unknown or repeated."""
    errors: dict[str, str] = {}
    permissions: dict[str, str] = {}
    if command.code not in (None, code):
        errors["code"] = "must be the role that the path names"
    for number, granted in enumerate(command.permissions):
        if granted.code not in PERMISSIONS:
            errors[f"permissions.{number}.code"] = f"{granted.code} is not a permission"
        elif granted.code in permissions:
            errors[f"permissions.{number}.code"] = f"{granted.code} is listed twice"
        permissions[granted.code] = granted.scope
    if errors:
        raise ValidationFailed(errors)
    return permissions
