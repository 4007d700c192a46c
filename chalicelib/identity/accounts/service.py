"""The use cases of user accounts: create and update a user.

Changing the role or status of a user reads two roles in one more batch read. Taking role administration from a user
costs two more round trips unless the caller holds it.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import get_many
from chalicelib.core.work import Recipient, UnitOfWork
from chalicelib.identity.accounts import passwords, permissions
from chalicelib.identity.accounts.name_probing import NameProbing
from chalicelib.identity.accounts.phones import e164
from chalicelib.identity.accounts.rules import readable_password
from chalicelib.identity.accounts.schemas import CreateUser, UserChange
from chalicelib.identity.accounts.tables import ACTIVE, DISABLED, Organisation, User
from chalicelib.identity.accounts.users import NewAccount, add_user, password_owner, store_changes
from chalicelib.identity.roles.administration import (
    can_manage_roles,
    check_can_grant,
    check_can_manage,
    check_role_unchanged,
    require_remaining_admin,
)
from chalicelib.identity.roles.tables import RolePermissions, role_key


class SavedUser(msgspec.Struct, frozen=True):
    """A user who was created or changed, and the generated one-time password, if there is one."""

    user: User
    one_time_password: str | None = None


def create_user(
    work: UnitOfWork,
    command: CreateUser,
    actor: Actor,
    *,
    role: RolePermissions | None,
    superior: User | None,
    organisation: Organisation | None,
    permission: str = permissions.MANAGE_USERS,
) -> SavedUser:
    """Create a user; without a password in the command a one-time password is generated.

    `role` and `superior` are the items that the command names, as read, and `organisation` is the caller's. Raise
    `ValidationFailed`, `NameTaken`, `RateLimited`, or `AccessDenied` if the role has permissions that the caller does
    not hold.
    """
    actor.require_reach(permission, zone=command.game_zone)
    values = {"role": command.role, "reports_to": command.reports_to, "phone": command.phone}
    checked = _checked_values(values, role, superior, _password_errors(command, organisation))
    check_can_grant(actor, {} if role is None else role.permissions)
    generated = readable_password(work.ids.token()) if command.password is None else None
    account = NewAccount(
        **{name: value for name, value in msgspec.structs.asdict(command).items() if name != "password"}
        | {"phone": checked["phone"]},
        password_hash=passwords.hash_password(generated or command.password or ""),
        one_time_password=generated is not None,
    )
    return SavedUser(add_user(work, actor.org_id, account, NameProbing.of(work, actor)), generated)


def update_user(
    work: UnitOfWork,
    user: User,
    command: UserChange,
    actor: Actor,
    *,
    role: RolePermissions | None,
    superior: User | None,
) -> SavedUser:
    """Update a user, or reset the password. Raise like `change_user`."""
    check_can_manage(actor, user)
    values = command.values()
    generated = readable_password(work.ids.token()) if command.reset_password else None
    if generated is not None:
        values |= {"password_hash": passwords.hash_password(generated), "one_time_password": True}
    change_user(work, user, values, actor, role=role, superior=superior)
    return SavedUser(user, generated)


def change_user(
    work: UnitOfWork,
    user: User,
    values: Mapping[str, object],
    actor: Actor,
    *,
    role: RolePermissions | None,
    superior: User | None,
    permission: str = permissions.MANAGE_USERS,
) -> None:
    """Change attributes of a user; a new `password_hash` or role, or DISABLED, ends all of their sessions.

    `role` and `superior` are the items that the values name, as read. Raise `AccessDenied`, `ValidationFailed`,
    `NameTaken`, `RateLimited`, `LastRoleAdministrator`, or `Conflict` if users disable themselves.
    """
    values = _checked_values(values, role, superior)
    _check_new_zone(user, values, actor, permission)
    _check_role_and_status(work, user, values, actor, role)
    is_reset = "password_hash" in values
    work.audit(User.kind, user.user_id, _audit_action(user, values, is_reset=is_reset))
    is_disabled = values.get("status") == DISABLED and user.status != DISABLED
    if is_reset or is_disabled or values.get("role", user.role) != user.role:
        values["session_epoch"] = user.session_epoch + 1
        work.end_sessions(Recipient(user.org_id, user.user_id), is_signed_out=True, is_disabled=is_disabled)
    if is_reset:
        values["forgiven_at"] = work.now  # the new password works even if the user was locked out
    store_changes(work, user, values, NameProbing.of(work, actor))


def _check_new_zone(user: User, values: Mapping[str, object], actor: Actor, permission: str) -> None:
    """Raise `AccessDenied` if a user moves to a game zone that the caller's scope does not reach.

    Users who manage themselves are no exception: they could otherwise move to any zone and reach everybody there.
    """
    zone = values.get("game_zone", user.game_zone)
    if zone != user.game_zone:
        message = "The new game zone is outside the scope of your permission."
        actor.require_reach(permission, zone=None if zone is None else str(zone), message=message)


def _check_role_and_status(
    work: UnitOfWork, user: User, values: Mapping[str, object], actor: Actor, role: RolePermissions | None
) -> None:
    """Check the rules for a change of role or status, and stage their conditions."""
    status, role_code = str(values.get("status", user.status)), str(values.get("role", user.role))
    if status == DISABLED and user.user_id == actor.user_id:
        details = {"state": user.status, "action": "disable", "allowed": []}
        raise Conflict("You cannot disable your own account.", details=details)
    if (status, role_code) == (user.status, user.role):
        return
    present_key, own_key = role_key(user.org_id, user.role), role_key(actor.org_id, actor.role)
    stored = get_many([present_key, own_key], work.clock)
    present, own = stored.get(present_key), stored.get(own_key)
    after = role if role_code != user.role else present
    if role_code != user.role:
        check_can_grant(actor, _permissions(after))
    if user.status != ACTIVE or not can_manage_roles(_permissions(present)):
        return
    if status != ACTIVE or not can_manage_roles(_permissions(after)):
        require_remaining_admin(work, actor, own, without_user=user.user_id)
    elif after is not None and role_code != user.role:
        check_role_unchanged(work, user.org_id, after)


def _permissions(role: RolePermissions | None) -> Mapping[str, str]:
    """Return the permissions of a role; a role that does not exist has none."""
    return {} if role is None else role.permissions


def _password_errors(command: CreateUser, organisation: Organisation | None) -> Mapping[str, str]:
    """Return the validation errors of a new user's password."""
    if command.password is not None:
        try:
            passwords.check_new(command.password, password_owner(command, organisation), "password")
        except ValidationFailed as error:
            return error.fields
    return {}


def _checked_values(
    values: Mapping[str, object],
    role: RolePermissions | None,
    superior: User | None,
    other_errors: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, object]:
    """Return the values with the phone number in E.164 form.

    Raise `ValidationFailed` for values that name no existing item, together with `other_errors`.
    """
    checked, errors = dict(values), dict(other_errors)
    if values.get("role") and role is None:
        errors["role"] = "is not a role of this organisation"
    if values.get("reports_to") and superior is None:
        errors["reportsTo"] = "is not the id of a user of this organisation"
    if values.get("phone"):
        checked["phone"] = e164(str(values["phone"]))
        if checked["phone"] is None:
            errors["phone"] = "must be a phone number with its country code, such as +31612345678"
    if errors:
        raise ValidationFailed(errors)
    return checked


def _audit_action(user: User, values: Mapping[str, object], *, is_reset: bool) -> str:
    """Return the audit action of a change: that of its most significant part."""
    if values.get("status", user.status) != user.status:
        return "USER_DISABLED" if values["status"] == DISABLED else "USER_ENABLED"
    if is_reset:
        return "USER_PASSWORD_RESET"
    return "USER_ROLE_CHANGED" if values.get("role", user.role) != user.role else "USER_UPDATED"
