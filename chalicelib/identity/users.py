"""The console's use cases around people: add somebody, change them, disable and enable them, reset their password.

Three round trips: the admission (which brings the person along), one batch read of the roles and people that the
request names, the commit. Taking the administration of roles from somebody costs two more unless the caller has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from chalicelib.core.actor import Actor
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, ValidationFailed
from chalicelib.core.store import ReadResult, get, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.request import Request
from chalicelib.identity import passwords
from chalicelib.identity.administration import (
    administers_roles,
    check_hands_out,
    keep_administrator,
    stage_role,
)
from chalicelib.identity.console_schemas import NewUser, UserChange
from chalicelib.identity.directory import find_person
from chalicelib.identity.people import NewPerson, add_person, change_person
from chalicelib.identity.phones import e164
from chalicelib.identity.rules import readable_password
from chalicelib.identity.tables import ACTIVE, DISABLED, RolePermissions, User, role_key, user_key

READ = "identity.user.read"
MANAGE = "identity.user.manage"


class Changed(msgspec.Struct, frozen=True):
    """Somebody who was added or changed, and the password that was made up for them, if one was."""

    user: User
    one_time_password: str | None = None


def create_user(work: UnitOfWork, actor: Actor, wanted: NewUser, clock: Clock, permission: str = MANAGE) -> Changed:
    """Add somebody. Raises `ValidationFailed`, `AccessDenied` (the role may do more than the caller), `NameTaken`."""
    actor.require_reach(permission, zone=wanted.game_zone)
    values = {"role": wanted.role, "reports_to": wanted.reports_to, "phone": wanted.phone}
    found = _read_named(actor, values, clock)
    checked = _checked(actor, values, found, _password_problems(wanted))
    check_hands_out(actor, _role(actor, found, wanted.role).permissions)
    made_up = readable_password(work.ids.token()) if wanted.password is None else None
    person = NewPerson(
        username=wanted.username,
        full_name=wanted.full_name,
        role=wanted.role,
        password_hash=passwords.hash_password(made_up or wanted.password or ""),
        email=wanted.email,
        phone=str(checked["phone"]) if checked["phone"] else None,
        profile_picture=wanted.profile_picture,
        game_zone=wanted.game_zone,
        team=wanted.team,
        reports_to=wanted.reports_to,
        skills=wanted.skills,
        one_time_password=made_up is not None,
    )
    return Changed(add_person(work, actor.org_id, person), made_up)


def change_user(work: UnitOfWork, request: Request[UserChange, Any], user_id: str, clock: Clock) -> Changed:
    """Change somebody.

    Raises `NotFound`, `AccessDenied`, `VersionConflict` (if the request names a version), `ValidationFailed`,
    `NameTaken`, `LastRoleAdministrator`, or `Conflict` (nobody disables themselves).
    """
    actor = request.actor
    user = find_person(request, user_id, MANAGE)
    check_hands_on(actor, user)
    request.check_version(user)
    values = request.body.values()
    made_up = readable_password(work.ids.token()) if request.body.reset_password else None
    if made_up is not None:
        values |= {"password_hash": passwords.hash_password(made_up), "one_time_password": True}
    apply_change(work, actor, user, values, clock=clock)
    return Changed(user, made_up)


def apply_change(
    work: UnitOfWork,
    actor: Actor,
    user: User,
    values: Mapping[str, object],
    *,
    clock: Clock,
    permission: str = MANAGE,
) -> None:
    """Change somebody who was read; another `password_hash` among the values signs them out everywhere.

    Raises like `change_user`.
    """
    found = _read_named(actor, {"role": user.role, **values}, clock, also=user.role)
    values = _checked(actor, values, found)
    if values.get("game_zone", user.game_zone) != user.game_zone:
        actor.require_reach(permission, owners=(user.user_id,), zone=str(values["game_zone"]))
    _keep_in_order(work, actor, user, values, found=found, clock=clock)
    reset = "password_hash" in values
    work.audit(User.kind, user.user_id, _action(user, values, reset=reset))
    if reset or (values.get("status") == DISABLED and user.status != DISABLED):
        values["session_epoch"] = user.session_epoch + 1
    if reset:
        values["forgiven_at"] = work.now  # whoever was locked out can use the new password at once
    change_person(work, user, values)


def check_hands_on(actor: Actor, user: User) -> None:
    """Whether the caller may lay hands on somebody of this role; one read more unless they administer roles."""
    if not administers_roles(actor.permissions):
        role = get(role_key(user.org_id, user.role))
        check_hands_out(actor, {} if role is None else role.permissions)


def _keep_in_order(
    work: UnitOfWork, actor: Actor, user: User, values: Mapping[str, object], *, found: ReadResult, clock: Clock
) -> None:
    """The rules around roles and status, with what they stage."""
    status, role_code = str(values.get("status", user.status)), str(values.get("role", user.role))
    if status == DISABLED and user.user_id == actor.user_id:
        raise Conflict("You cannot disable yourself.")
    before, after = _role(actor, found, user.role), _role(actor, found, role_code)
    if role_code != user.role:
        check_hands_out(actor, after.permissions)
    if user.status != ACTIVE or not administers_roles(before.permissions):
        return
    if status != ACTIVE or not administers_roles(after.permissions):
        keep_administrator(work, actor, clock, found, without_user=user.user_id)
    elif role_code != user.role:
        stage_role(work, user.org_id, after)


def _read_named(actor: Actor, values: Mapping[str, object], clock: Clock, also: str | None = None) -> ReadResult:
    """The caller's role and all that the values name, in one batch read."""
    org_id = actor.org_id
    codes = {actor.role, *(str(code) for code in (values.get("role"), also) if code)}
    superior = values.get("reports_to")
    return get_many(
        [*(role_key(org_id, code) for code in codes), *([user_key(org_id, str(superior))] if superior else [])], clock
    )


def _role(actor: Actor, found: ReadResult, code: str) -> RolePermissions:
    """A role that was read; one that does not exist may do nothing."""
    where = role_key(actor.org_id, code)
    return found.get(where) or RolePermissions(where.pk, where.sk, code=code, permissions={})


def _password_problems(wanted: NewUser) -> Mapping[str, str]:
    """What is wrong with the password that somebody new is to have."""
    if wanted.password is not None:
        try:
            passwords.check_new(wanted.password, (wanted.username, wanted.full_name, wanted.email), "password")
        except ValidationFailed as error:
            return error.fields
    return {}


def _checked(
    actor: Actor,
    values: Mapping[str, object],
    found: ReadResult,
    known: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, object]:
    """The values with the phone number in its one form.

    Raises `ValidationFailed` for what names nothing there is, and for the problems that are known already.
    """
    checked, problems = dict(values), dict(known)
    role, superior, phone = (values.get(name) for name in ("role", "reports_to", "phone"))
    if role and found.get(role_key(actor.org_id, str(role))) is None:
        problems["role"] = "is not a role of this organisation"
    if superior and found.get(user_key(actor.org_id, str(superior))) is None:
        problems["reportsTo"] = "is not the id of a person"
    if phone:
        checked["phone"] = e164(str(phone))
        if checked["phone"] is None:
            problems["phone"] = "must be a telephone number with its country, such as +31612345678"
    if problems:
        raise ValidationFailed(problems)
    return checked


def _action(user: User, values: Mapping[str, object], *, reset: bool) -> str:
    """What the audit trail calls the change: the gravest part of it."""
    if values.get("status", user.status) != user.status:
        return "USER_DISABLED" if values["status"] == DISABLED else "USER_ENABLED"
    if reset:
        return "USER_PASSWORD_RESET"
    return "USER_ROLE_CHANGED" if values.get("role", user.role) != user.role else "USER_UPDATED"
