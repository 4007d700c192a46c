"""Making organisations and people, and changing people: staged like everything else.

The console, the bootstrap, the demo data and imports all come through here, so a name by which somebody signs in is
taken and given back in one place only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.core.errors import Conflict, VersionConflict
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.default_permissions import DEFAULT_MATRIX
from chalicelib.identity.phones import e164, login_name
from chalicelib.identity.rules import canonical_name
from chalicelib.identity.tables import (
    LoginName,
    Organisation,
    RolePermissions,
    User,
    directory_key,
    login_name_key,
    organisation_key,
    role_key,
    user_key,
)


class NameTaken(Conflict):
    """Somebody already signs in by that name."""

    code, summary = "NAME_TAKEN", "Somebody already signs in by that name."


class OrganisationExists(Conflict):
    """There is an organisation of that id."""

    code, summary = "ORGANISATION_EXISTS", "There is an organisation of that name."


_CALLED = {"username": "user name", "email": "e-mail address", "phone": "phone number"}


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be; `password_hash` as `passwords.hash_password` makes it."""

    username: str
    full_name: str
    role: str
    password_hash: str = field(repr=False)
    email: str | None = None
    phone: str | None = None
    profile_picture: str | None = None
    game_zone: str | None = None
    team: str | None = None
    reports_to: str | None = None
    skills: Sequence[str] = ()
    one_time_password: bool = False


def found_organisation(work: UnitOfWork, org_id: str, name: str) -> None:
    """Stage an organisation and its copy of the default matrix. Fails with `OrganisationExists`."""
    where = organisation_key(org_id)
    organisation = Organisation(where.pk, where.sk, org_id=org_id, name=name, created_at=work.now)
    work.audit("organisation", org_id, "ORGANISATION_CREATED")
    work.create(organisation, OrganisationExists(), final=True)
    for code, permissions in DEFAULT_MATRIX.items():
        place = role_key(org_id, code)
        role = RolePermissions(place.pk, place.sk, code=code, permissions=dict(permissions))
        work.create(role, OrganisationExists(), final=True, audited=False)


def add_person(work: UnitOfWork, org_id: str, person: NewPerson) -> User:
    """Stage a person and the names by which they sign in. Fails with `NameTaken` if one of the names is in use."""
    user_id = work.ids.new()
    where = user_key(org_id, user_id)
    user = User(
        where.pk,
        where.sk,
        user_id=user_id,
        org_id=org_id,
        username=person.username,
        email=person.email,
        phone=None if person.phone is None else e164(person.phone) or person.phone,
        full_name=person.full_name,
        role=person.role,
        password_hash=person.password_hash,
        profile_picture=person.profile_picture,
        game_zone=person.game_zone,
        team=person.team,
        reports_to=person.reports_to,
        skills=list(person.skills) or None,
        one_time_password=person.one_time_password,
        directory_key=directory_key(org_id),
        directory_name=canonical_name(person.username),
        created_at=work.now,
        updated_at=work.now,
    )
    work.audit("user", user_id, "USER_CREATED")
    work.create(user)
    for name, field_name in _login_names(user).items():
        _take_name(work, user, name, field_name)
    return user


def change_person(work: UnitOfWork, user: User, values: Mapping[str, object]) -> None:
    """Stage new values of somebody's attributes; names by which they sign in move in the same transaction.

    Only what differs is staged. Fails with `NameTaken` if a new name is in use, by whomever.
    """
    before = _login_names(user)
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if not changed:
        return
    if "username" in changed:
        changed["directory_name"] = canonical_name(str(changed["username"]))
    work.update(user, {**changed, "updated_at": work.now})
    after = _login_names(user)
    for name in before.keys() - after.keys():
        work.remove(login_name_key(name), LoginName.user_id == user.user_id, VersionConflict())
    for name in after.keys() - before.keys():
        _take_name(work, user, name, after[name])


def _login_names(user: User) -> dict[str, str]:
    """The names by which somebody signs in, in their canonical form, and which field each is."""
    fields = {"phone": user.phone, "email": user.email, "username": user.username}
    return {login_name(value): name for name, value in fields.items() if value}


def _take_name(work: UnitOfWork, user: User, name: str, field_name: str) -> None:
    """Stage a name of somebody's. Whoever has it already may be in another organisation: nothing is told of them."""
    where = login_name_key(name)
    taken = NameTaken(f"Somebody already signs in by that {_CALLED[field_name]}.", details={"field": field_name})
    login = LoginName(where.pk, where.sk, org_id=user.org_id, user_id=user.user_id)
    work.create(login, taken, final=True, audited=False)
