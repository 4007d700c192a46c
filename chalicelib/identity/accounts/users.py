"""Creates organisations and users, and changes users; everything is staged.

The console, the bootstrap command, the demo data and imports use these functions, so login names are claimed and
released in one place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial

from chalicelib.core.errors import VersionConflict
from chalicelib.core.work import OnConflict, UnitOfWork
from chalicelib.identity.accounts.errors import NameTaken, OrganisationExists
from chalicelib.identity.accounts.name_probing import NameProbing
from chalicelib.identity.accounts.phones import e164, login_name
from chalicelib.identity.accounts.rules import PasswordOwner, canonical_name
from chalicelib.identity.accounts.schemas import CreateUser
from chalicelib.identity.accounts.tables import (
    LoginName,
    Organisation,
    User,
    directory_key,
    login_name_key,
    organisation_key,
    role_list,
    role_place,
    user_key,
)
from chalicelib.identity.roles.default_permissions import DEFAULT_PERMISSIONS
from chalicelib.identity.roles.holders import add_holder, remove_holder
from chalicelib.identity.roles.tables import role_key

_FIELD_LABELS = {"username": "user name", "email": "e-mail address", "phone": "phone number"}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The values of a new user; `password_hash` as `passwords.hash_password` returns it."""

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


def create_organisation(work: UnitOfWork, org_id: str, name: str) -> None:
    """Stage an organisation and its roles with the default permissions. Fails with `OrganisationExists`."""
    organisation = organisation_key(org_id).new(org_id=org_id, name=name, created_at=work.now)
    work.audit("organisation", org_id, "ORGANISATION_CREATED")
    work.create(organisation, OrganisationExists(), final=True)
    for code, permissions in DEFAULT_PERMISSIONS.items():
        role = role_key(org_id, code).new(code=code, permissions=dict(permissions))
        work.create(role, OrganisationExists(), final=True, audited=False)


def add_user(work: UnitOfWork, org_id: str, account: NewAccount, probing: NameProbing | None = None) -> User:
    """Stage a user and their login names. Fails with `NameTaken` if one of the names is in use.

    `probing` limits what the caller learns about names in use, and raises `RateLimited`.
    """
    user_id = work.ids.new()
    values = asdict(account)
    phone, skills = values.pop("phone"), values.pop("skills")
    user = user_key(org_id, user_id).new(
        user_id=user_id,
        org_id=org_id,
        phone=None if phone is None else e164(phone) or phone,
        skills=list(skills) or None,
        directory_key=directory_key(org_id),
        directory_name=canonical_name(account.username),
        role_list=role_list(org_id, account.role),
        role_place=role_place(account.game_zone, canonical_name(account.username)),
        created_at=work.now,
        updated_at=work.now,
        **values,
    )
    work.audit("user", user_id, "USER_CREATED")
    work.create(user)
    add_holder(work, org_id, account.role)
    _claim_names(work, user, _login_names(user), probing)
    return user


def password_owner(person: User | CreateUser, organisation: Organisation | None) -> PasswordOwner:
    """Return what the password of this person must not contain; an organisation that is unknown has no name."""
    name = "" if organisation is None else organisation.name
    return PasswordOwner(person.username, person.full_name, person.email, person.phone, name)


def store_changes(
    work: UnitOfWork, user: User, values: Mapping[str, object], probing: NameProbing | None = None
) -> None:
    """Stage new values of a user's attributes; login names change in the same transaction.

    Only values that differ are staged. Fails with `NameTaken` if a new login name is in use; `probing` limits that as
    in `add_user`.
    """
    before = _login_names(user)
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if not changed:
        return
    if "username" in changed:
        changed["directory_name"] = canonical_name(str(changed["username"]))
    if changed.keys() & {"email", "phone"}:
        changed["contact_version"] = user.contact_version + 1
    if "role" in changed:
        remove_holder(work, user.org_id, user.role)
        add_holder(work, user.org_id, str(changed["role"]))
        changed["role_list"] = role_list(user.org_id, str(changed["role"]))
    if changed.keys() & {"username", "game_zone"}:
        zone, username = (changed.get(name, getattr(user, name)) for name in ("game_zone", "username"))
        changed["role_place"] = role_place(None if zone is None else str(zone), canonical_name(str(username)))
    work.update(user, {**changed, "updated_at": work.now})
    after = _login_names(user)
    for name in before.keys() - after.keys():
        work.remove(login_name_key(name), LoginName.user_id == user.user_id, VersionConflict())
    _claim_names(work, user, {name: after[name] for name in after.keys() - before.keys()}, probing)


def _login_names(user: User) -> dict[str, str]:
    """Return a user's login names in canonical form, each with the field that it comes from."""
    fields = {"phone": user.phone, "email": user.email, "username": user.username}
    return {login_name(value): name for name, value in fields.items() if value}


def _claim_names(work: UnitOfWork, user: User, names: Mapping[str, str], probing: NameProbing | None) -> None:
    """Stage login names. A present owner may belong to another organisation, so the error does not name them."""
    if names and probing is not None:
        probing.check()
    for name, field_name in names.items():
        taken = NameTaken(f"This {_FIELD_LABELS[field_name]} is already in use.", details={"field": field_name})
        on_conflict: OnConflict = taken if probing is None else partial(probing.error, name, taken)
        login = login_name_key(name).new(org_id=user.org_id, user_id=user.user_id)
        work.create(login, on_conflict, final=True, audited=False)
