"""Roles as clients read them."""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.core.structs import prepare
from chalicelib.identity.roles.default_permissions import ROLES
from chalicelib.identity.roles.schemas import Granted, RoleAnswer, RoleList, RoleView
from chalicelib.identity.roles.tables import RolePermissions


def role_view(role: RolePermissions) -> RoleAnswer:
    """Return a role."""
    return RoleAnswer(_view(role))


def role_list_view(roles: Iterable[RolePermissions]) -> RoleList:
    """Return roles."""
    return RoleList([_view(role) for role in roles])


def permission_views(permissions: Mapping[str, str]) -> list[Granted]:
    """Return permissions (`{code: scope}`), sorted by code."""
    prepare(Granted)
    return [msgspec.convert({"code": code, "scope": permissions[code]}, Granted) for code in sorted(permissions)]


def _view(role: RolePermissions) -> RoleView:
    name = role.name or ROLES.get(role.code, role.code)
    return RoleView(role.code, name, permission_views(role.permissions), role.version)
