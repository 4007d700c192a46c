"""Reads of roles."""

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import get, get_many
from chalicelib.identity.roles import permissions
from chalicelib.identity.roles.default_permissions import ADMIN_ROLE, ROLES
from chalicelib.identity.roles.tables import RolePermissions, custom_roles_key, role_key


def list_roles(actor: Actor, clock: Clock) -> list[RolePermissions]:
    """Return all roles of the caller's organisation. Raise `AccessDenied` if the caller's scope is narrower."""
    actor.require_reach(permissions.READ)
    return read_roles(actor.org_id, clock)


def read_roles(org_id: str, clock: Clock) -> list[RolePermissions]:
    """Return all roles of an organisation, with one batch read, and another one if it has custom roles."""
    of_custom, keys = custom_roles_key(org_id), [role_key(org_id, code) for code in ROLES]
    stored = get_many([of_custom, *keys], clock)
    roles = [role for role in map(stored.get, keys) if role is not None]
    custom = stored.get(of_custom)
    added = [role_key(org_id, code) for code in sorted((custom and custom.codes) or ())]
    stored = get_many(added, clock)
    return [*roles, *(role for role in map(stored.get, added) if role is not None)]


def read_holders(org_id: str, permission: str, clock: Clock) -> list[RolePermissions]:
    """Return the roles that have a permission, whatever its scope, without that of administrators, which has all."""
    return [role for role in read_roles(org_id, clock) if permission in role.permissions and role.code != ADMIN_ROLE]


def find_role_name(actor: Actor) -> str:
    """Return the name of the caller's role; one more round trip if it is a custom role."""
    if actor.role in ROLES:
        return ROLES[actor.role]
    role = get(role_key(actor.org_id, actor.role))
    return (role and role.name) or actor.role
