"""Who may hand out what, and that somebody always can: the guards around roles.

Nobody gives away, or lays hands on, more than they hold: who manages people without administering roles can neither
make an administrator nor take one over by resetting their password.

And somebody always remains who administers roles. A change that takes this from somebody names a *witness*, another
active person who has it, and the transaction checks that the witness still has: their role, their status, and that
role's permissions. So of two administrators who demote each other at the same moment one fails, since each is the
other's witness. There is no counter to be kept right and nothing that all changes of an organisation would queue for.
The caller usually is the witness and costs nothing; otherwise one is looked for, two round trips more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AccessDenied, Conflict
from chalicelib.core.store import ReadResult, get_many, parallel_pair
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.default_permissions import ORG, ROLE_ADMINISTRATION, ROLES
from chalicelib.identity.directory import everybody
from chalicelib.identity.rules import covers
from chalicelib.identity.tables import ACTIVE, RolePermissions, User, role_key, user_key

_CANDIDATES = 20


class LastRoleAdministrator(Conflict):
    """Afterwards nobody could administer roles any more."""

    code = "LAST_ROLE_ADMINISTRATOR"
    summary = "Nobody else who is active may administer roles: give that to somebody else first."


def administers_roles(permissions: Mapping[str, str]) -> bool:
    """Whether permissions (`{code: scope}`) include the administration of roles."""
    return permissions.get(ROLE_ADMINISTRATION) == ORG


def check_hands_out(actor: Actor, permissions: Mapping[str, str]) -> None:
    """Raises `AccessDenied` if somebody with these permissions is more than the caller may make or change."""
    if not administers_roles(actor.permissions) and not covers(actor.permissions, permissions):
        raise AccessDenied("That role may do more than you may.", details={"permission": ROLE_ADMINISTRATION})


class RemainingAdmin(msgspec.Struct, frozen=True):
    """An active person who administers roles, and the role that says so, as they were read."""

    user_id: str
    role: RolePermissions

    def stage(self, work: UnitOfWork, org_id: str) -> None:
        """Let the commit fail unless they still do."""
        stands = (User.role == self.role.code) & (User.status == ACTIVE)
        label = _label(self.user_id)
        work.check_condition(user_key(org_id, self.user_id), stands, LastRoleAdministrator(), label=label)
        self.stage_role(work, org_id)

    def stage_role(self, work: UnitOfWork, org_id: str) -> None:
        """Let the commit fail unless the role is as it was read."""
        stage_role(work, org_id, self.role)


def stage_role(work: UnitOfWork, org_id: str, role: RolePermissions) -> None:
    """Let the commit fail unless a role is as it was read."""
    work.check_condition(role_key(org_id, role.code), RolePermissions.version == role.version, LastRoleAdministrator())


def keep_administrator(
    work: UnitOfWork,
    actor: Actor,
    clock: Clock,
    found: ReadResult,
    *,
    without_user: str | None = None,
    without_role: str | None = None,
) -> None:
    """Stage that somebody administers roles beside this person, or by another role than this one.

    `found` holds the caller's own role as it is now. Raises `LastRoleAdministrator`.
    """
    org_id = actor.org_id
    own: RolePermissions | None = found.get(role_key(org_id, actor.role))
    caller_stays = actor.user_id != without_user and actor.role != without_role
    if caller_stays and own and administers_roles(own.permissions) and _label(actor.user_id) not in work.conflicts:
        RemainingAdmin(actor.user_id, own).stage(work, org_id)
        return
    remaining_admin = next(_others(org_id, clock, without_user, without_role), None)
    if remaining_admin is None:
        raise LastRoleAdministrator
    remaining_admin.stage(work, org_id)


def _others(org_id: str, clock: Clock, without_user: str | None, without_role: str | None) -> Iterator[RemainingAdmin]:
    """Other administrators of roles. The directory may lag behind, so who is found there is read again."""
    [every_role], [people] = parallel_pair([lambda: all_roles(org_id, clock)], [lambda: list(everybody(org_id))])
    roles = {role.code: role for role in every_role if administers_roles(role.permissions)}
    roles.pop(without_role or "", None)
    likely = [one for one in people if one.role in roles and one.user_id != without_user]
    likely.sort(key=lambda one: one.status != ACTIVE)
    keys = [user_key(org_id, one.user_id) for one in likely[:_CANDIDATES]]
    found = get_many(keys, clock)
    for where in keys:
        user = found.get(where)
        if user is not None and user.status == ACTIVE and user.role in roles:
            yield RemainingAdmin(user.user_id, roles[user.role])


def all_roles(org_id: str, clock: Clock) -> list[RolePermissions]:
    """Every role of an organisation, in one batch read."""
    keys = [role_key(org_id, code) for code in ROLES]
    found = get_many(keys, clock)
    return [role for role in map(found.get, keys) if role is not None]


def _label(user_id: str) -> str:
    return f"witness:{user_id}"
