"""Reads of roles."""

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.store import get_many
from chalicelib.identity.roles import permissions
from chalicelib.identity.roles.default_permissions import ROLES
from chalicelib.identity.roles.tables import RolePermissions, role_key


def list_roles(actor: Actor, clock: Clock) -> list[RolePermissions]:
    """Return all roles of the caller's organisation. Raise `AccessDenied` if the caller's scope is narrower."""
    actor.require_reach(permissions.READ)
    return read_roles(actor.org_id, clock)


def read_roles(org_id: str, clock: Clock) -> list[RolePermissions]:
    """Return all roles of an organisation, with one batch read."""
    keys = [role_key(org_id, code) for code in ROLES]
    stored = get_many(keys, clock)
    return [role for role in map(stored.get, keys) if role is not None]
