"""Guards around roles: who may grant which permissions, and that an administrator of roles always remains.

Users may grant only permissions that they hold themselves, and may manage only users whose permissions they hold. So a
user who manages users without managing roles can neither create an administrator nor take over an administrator's
account by resetting the password.

At least one active user can always manage roles. A change that takes this ability from a user names another active
user who has it, and the transaction checks that user's role, status and the role's permissions. So if two
administrators demote each other at the same time, one of the changes fails. This needs no counter, and changes do not
contend for a shared item. Usually the caller is the remaining administrator, which costs nothing; otherwise another one
is searched for, with two more round trips.
"""

from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccessDenied
from chalicelib.core.store import get, get_many, parallel_pair_reads
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.accounts.queries import all_users
from chalicelib.identity.accounts.tables import ACTIVE, User, user_key
from chalicelib.identity.roles import permissions as codes
from chalicelib.identity.roles.default_permissions import ORG
from chalicelib.identity.roles.errors import LastRoleAdministrator
from chalicelib.identity.roles.queries import read_roles
from chalicelib.identity.roles.rules import covers
from chalicelib.identity.roles.tables import RolePermissions, role_key

_MAX_CANDIDATES = 20


def can_manage_roles(permissions: Mapping[str, str]) -> bool:
    """Return whether permissions (`{code: scope}`) include the management of roles."""
    return permissions.get(codes.MANAGE) == ORG


def check_can_grant(actor: Actor, permissions: Mapping[str, str]) -> None:
    """Raise `AccessDenied` if the permissions exceed those that the caller may grant."""
    if not can_manage_roles(actor.permissions) and not covers(actor.permissions, permissions):
        raise AccessDenied("This role has permissions that you do not have.", details={"permission": codes.MANAGE})


def check_can_manage(actor: Actor, user: User) -> None:
    """Raise `AccessDenied` if a user's permissions exceed the caller's; one read unless the caller manages roles."""
    if not can_manage_roles(actor.permissions):
        role = get(role_key(user.org_id, user.role))
        check_can_grant(actor, {} if role is None else role.permissions)


class RemainingAdmin(msgspec.Struct, frozen=True):
    """An active user who can manage roles, with their role as it was read."""

    user_id: str
    role: RolePermissions

    def stage(self, work: UnitOfWork, org_id: str) -> None:
        """Let the commit fail unless the user still can manage roles."""
        unchanged = (User.role == self.role.code) & (User.status == ACTIVE)
        key, label = user_key(org_id, self.user_id), _label(self.user_id)
        work.check_condition(key, unchanged, LastRoleAdministrator(), label=label)
        check_role_unchanged(work, org_id, self.role)


def check_role_unchanged(work: UnitOfWork, org_id: str, role: RolePermissions) -> None:
    """Let the commit fail unless a role is as it was read."""
    work.check_condition(role_key(org_id, role.code), RolePermissions.version == role.version, LastRoleAdministrator())


def require_remaining_admin(
    work: UnitOfWork,
    actor: Actor,
    own_role: RolePermissions | None,
    *,
    without_user: str | None = None,
    without_role: str | None = None,
) -> None:
    """Stage the condition that another user than this one, or another role than this one, can manage roles.

    `own_role` is the caller's role as it is now. Raise `LastRoleAdministrator` if no such user exists.
    """
    org_id = actor.org_id
    caller_stays = not actor.is_machine and actor.user_id != without_user and actor.role != without_role
    can_manage = own_role is not None and can_manage_roles(own_role.permissions)
    if caller_stays and own_role is not None and can_manage and _label(actor.user_id) not in work.conflicts:
        RemainingAdmin(actor.user_id, own_role).stage(work, org_id)
        return
    remaining_admin = next(_other_admins(org_id, work.clock, without_user, without_role), None)
    if remaining_admin is None:
        raise LastRoleAdministrator
    remaining_admin.stage(work, org_id)


def _other_admins(
    org_id: str, clock: Clock, without_user: str | None, without_role: str | None
) -> Iterator[RemainingAdmin]:
    """Return other users who can manage roles. The directory may lag behind, so each of them is read again."""
    [all_roles], [users] = parallel_pair_reads([lambda: read_roles(org_id, clock)], [lambda: list(all_users(org_id))])
    roles = {role.code: role for role in all_roles if can_manage_roles(role.permissions)}
    roles.pop(without_role or "", None)
    candidates = [user for user in users if user.role in roles and user.user_id != without_user]
    candidates.sort(key=lambda user: user.status != ACTIVE)
    keys = [user_key(org_id, user.user_id) for user in candidates[:_MAX_CANDIDATES]]
    stored = get_many(keys, clock)
    for user in map(stored.get, keys):
        if user is not None and user.status == ACTIVE and user.role in roles:
            yield RemainingAdmin(user.user_id, roles[user.role])


def _label(user_id: str) -> str:
    return f"remaining-admin:{user_id}"
