"""Making organisations and people: staged like everything else, for the bootstrap, the demo data and imports."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.core.errors import Conflict
from chalicelib.core.work import UnitOfWork
from chalicelib.identity.matrix import DEFAULT_MATRIX
from chalicelib.identity.rules import canonical_name
from chalicelib.identity.tables import (
    LoginName,
    Organisation,
    RolePermissions,
    User,
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


def found_organisation(work: UnitOfWork, org_id: str, name: str) -> None:
    """Stage an organisation and its copy of the default matrix. Fails with `OrganisationExists`."""
    where = organisation_key(org_id)
    organisation = Organisation(where.pk, where.sk, org_id=org_id, name=name, created_at=work.now)
    work.about("organisation", org_id, "ORGANISATION_CREATED")
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
        phone=person.phone,
        full_name=person.full_name,
        role=person.role,
        password_hash=person.password_hash,
        profile_picture=person.profile_picture,
        game_zone=person.game_zone,
        created_at=work.now,
        updated_at=work.now,
    )
    work.about("user", user_id, "USER_CREATED")
    work.create(user)
    for name in {canonical_name(n) for n in (person.username, person.email, person.phone) if n}:
        place = login_name_key(name)
        taken = NameTaken(details={"name": name})
        work.create(LoginName(place.pk, place.sk, org_id=org_id, user_id=user_id), taken, final=True, audited=False)
    return user
