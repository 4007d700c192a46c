"""The use cases of roles: create a role, replace its permissions, delete it."""

from collections.abc import Sequence

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed, VersionConflict
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.roles import permissions as codes
from chalicelib.identity.roles.administration import can_manage_roles, check_can_grant, require_remaining_admin
from chalicelib.identity.roles.default_permissions import EVERYBODYS_PERMISSIONS, OWN, PERMISSIONS, ROLES
from chalicelib.identity.roles.errors import DefaultRole, RoleExists, RoleInUse, TooManyRoles
from chalicelib.identity.roles.schemas import CreateRole, Granted, RoleChange
from chalicelib.identity.roles.tables import (
    CustomRoles,
    RoleHolders,
    RolePermissions,
    custom_roles_key,
    role_holders_key,
    role_key,
)

MAX_CUSTOM_ROLES = 80
"""The most custom roles of one organisation, so that one batch read finds them all."""


def create_role(
    work: UnitOfWork, command: CreateRole, custom_roles: CustomRoles | None, actor: Actor
) -> RolePermissions:
    """Create a role: with the given permissions, and those of every default role, such as changing one's own password.

    `custom_roles` are the present ones as read; the commit requires that they are unchanged. Raise `AccessDenied` if
    the role has permissions that the caller may not grant, `ValidationFailed` naming each invalid entry, `RoleExists`
    if a role has this code in any case, or `TooManyRoles`.
    """
    actor.require_reach(codes.MANAGE)
    permissions, errors = _read_permissions(command.permissions)
    if errors:
        raise ValidationFailed(errors)
    check_can_grant(actor, permissions)
    codes_in_use = (custom_roles and custom_roles.codes) or set()
    if command.code.casefold() in {code.casefold() for code in (*ROLES, *codes_in_use)}:
        raise RoleExists
    if len(codes_in_use) >= MAX_CUSTOM_ROLES:
        raise TooManyRoles(details={"most": MAX_CUSTOM_ROLES})
    permissions = {**dict.fromkeys(EVERYBODYS_PERMISSIONS, OWN), **permissions}
    work.audit(RolePermissions.kind, command.code, "ROLE_CREATED")
    role = role_key(actor.org_id, command.code).new(code=command.code, name=command.name, permissions=permissions)
    work.create(role, RoleExists(), final=True)
    work.create(role_holders_key(actor.org_id, command.code).new(holders=0), RoleExists(), final=True, audited=False)
    work.update_unread(
        custom_roles_key(actor.org_id),
        condition=CustomRoles.codes == codes_in_use if codes_in_use else CustomRoles.codes.does_not_exist(),
        on_conflict=VersionConflict(),
        actions=[CustomRoles.codes.add({command.code})],
        audited=False,
    )
    return role


def delete_role(work: UnitOfWork, role: RolePermissions, holders: RoleHolders | None, actor: Actor) -> None:
    """Delete a custom role without holders. Raise `DefaultRole` or `RoleInUse`.

    The commit requires that there are no holders, so the role cannot be given at the same moment.
    """
    if role.code in ROLES or holders is None:
        raise DefaultRole
    if holders.holders:
        raise RoleInUse(details={"holders": holders.holders})
    work.delete(role)
    work.remove(role_holders_key(actor.org_id, role.code), RoleHolders.holders == 0, RoleInUse())
    actions = [CustomRoles.codes.delete({role.code})]
    work.update_unread(custom_roles_key(actor.org_id), actions=actions, audited=False)


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
    permissions, errors = _read_permissions(command.permissions)
    if command.code not in (None, code):
        errors["code"] = "must be the role that the path names"
    if errors:
        raise ValidationFailed(errors)
    return permissions


def _read_permissions(entries: Sequence[Granted]) -> tuple[dict[str, str], dict[str, str]]:
    """Return `{code: scope}`, and an error for each entry that is unknown or repeated."""
    errors: dict[str, str] = {}
    permissions: dict[str, str] = {}
    for number, granted in enumerate(entries):
        if granted.code not in PERMISSIONS:
            errors[f"permissions.{number}.code"] = f"{granted.code} is not a permission"
        elif granted.code in permissions:
            errors[f"permissions.{number}.code"] = f"{granted.code} is listed twice"
        permissions[granted.code] = granted.scope
    return permissions, errors
