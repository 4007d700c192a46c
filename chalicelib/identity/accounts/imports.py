"""The importer of the dataset `users`: creates or updates users by their user name, by the rules of the console.

Fields that a record omits stay as they are; null clears a field. A new user needs a password. For an existing user a
different password replaces the stored one and ends their sessions; the same password changes nothing, so a file can be
loaded twice. `reports_to` is the user name or id of a user, who may come with the same request.

A password hash takes a tenth of a second and 64 MB, so at most two are computed at once.
"""

from threading import BoundedSemaphore
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get, get_many
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.imports import Dataset, NotYet, Outcome
from chalicelib.edge.types import NOT_BLANK, Text100
from chalicelib.identity.accounts import passwords, permissions
from chalicelib.identity.accounts.errors import NameTaken
from chalicelib.identity.accounts.phones import login_name
from chalicelib.identity.accounts.rules import PasswordOwner
from chalicelib.identity.accounts.schemas import CreateUser, Email, Phone, Picture, Skills, Username
from chalicelib.identity.accounts.service import change_user, create_user
from chalicelib.identity.accounts.tables import Organisation, User, login_name_key, organisation_key, user_key
from chalicelib.identity.roles.administration import check_can_manage
from chalicelib.identity.roles.tables import RolePermissions, role_key

_hashing = BoundedSemaphore(2)


class UserRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user. Fields that a record omits stay as they are; null clears a field."""

    username: Username
    """The natural key: the user name, without spaces. Case does not matter."""
    role: Text100
    """The code of a role of this organisation. For a present user another one ends all sessions."""
    full_name: Text100
    """The name that other people see."""
    password: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    """Required for a new user. For a present user another password replaces the stored one and ends all sessions; the
    same one changes nothing."""
    email: Email | UnsetType | None = UNSET
    """The e-mail address, also a name for signing in."""
    phone: Phone | UnsetType | None = UNSET
    """The phone number with its country code, also a name for signing in."""
    game_zone: Text100 | UnsetType | None = UNSET
    """The game zone that permissions with the scope `zone` cover."""
    team: Text100 | UnsetType | None = UNSET
    """The team of the user."""
    reports_to: Annotated[str, NOT_BLANK, Meta(max_length=254)] | UnsetType | None = UNSET
    """The user name or the id of the user's superior, who may be in the same request."""
    skills: Skills | UnsetType = UNSET
    """All skills of the user."""
    profile_picture: Picture | UnsetType | None = UNSET
    """The address of a picture; it is stored as given."""

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent, except the password, by the attributes of a user."""
        sent = {name: getattr(self, name) for name in self.__struct_fields__ if name != "password"}
        return {name: value for name, value in sent.items() if value is not UNSET}


def upsert_user(work: UnitOfWork, record: UserRecord, actor: Actor) -> Outcome:
    """Create or update one user. Raise like `create_user` and `change_user`, or `NotYet`."""
    values = record.values()
    if values.get("reports_to"):
        values["reports_to"] = _superior_id(actor.org_id, values["reports_to"])
    user = _find_user(actor.org_id, record.username)
    if user is None:
        _create(work, record, values, actor)
        return "created"
    actor.require_reach(permissions.IMPORT_USERS, owners=(user.user_id,), zone=user.game_zone)
    check_can_manage(actor, user)
    role, superior, organisation = _read_related(actor.org_id, values, work)
    if record.password is not None:
        values |= _password_values(user, record, organisation)
    change_user(work, user, values, actor, role=role, superior=superior, permission=permissions.IMPORT_USERS)
    return "updated"


def _create(work: UnitOfWork, record: UserRecord, values: dict[str, Any], actor: Actor) -> None:
    if record.password is None:
        raise ValidationFailed({"password": "is required for a new user"})
    command = CreateUser(**values, password=record.password)
    role, superior, organisation = _read_related(actor.org_id, values, work)
    granted_by = permissions.IMPORT_USERS
    with _hashing:
        create_user(
            work, command, actor, role=role, superior=superior, organisation=organisation, permission=granted_by
        )


def _read_related(
    org_id: str, values: dict[str, Any], work: UnitOfWork
) -> tuple[RolePermissions | None, User | None, Organisation | None]:
    """Return the role and the superior that the values name, and the organisation, from one batch read."""
    of_role, of_superior = role_key(org_id, values["role"]), user_key(org_id, values.get("reports_to") or "-")
    of_organisation = organisation_key(org_id)
    stored = get_many([of_role, of_superior, of_organisation], work.clock)
    return stored.get(of_role), stored.get(of_superior), stored.get(of_organisation)


def _find_user(org_id: str, username: str) -> User | None:
    """Return the user with this user name. Raise `NameTaken` if another user of the organisation signs in by it.

    A name of another organisation counts as free here: it is refused by the commit, after everything else was checked.
    """
    login = get(login_name_key(login_name(username)))
    if login is None or login.org_id != org_id:
        return None
    user = get(user_key(org_id, login.user_id))
    if user is None or login_name(user.username) != login_name(username):
        raise NameTaken("This user name is already in use.", details={"field": "username"})
    return user


def _superior_id(org_id: str, name_or_id: str) -> str:
    """Return the id of the superior that a record names. Raise `NotYet` if that user does not exist."""
    login = get(login_name_key(login_name(name_or_id)))
    if login is not None and login.org_id == org_id:
        return login.user_id
    if get(user_key(org_id, name_or_id)) is None:
        raise NotYet({"reports_to": "is not the user name of a user of this organisation"})
    return name_or_id


def _password_values(user: User, record: UserRecord, organisation: Organisation | None) -> dict[str, object]:
    """Return the values that change with the password; none if the user has this password already."""
    password = record.password or ""
    with _hashing:
        if passwords.matches(user.password_hash, password):
            return {}
        name = "" if organisation is None else organisation.name
        owner = PasswordOwner(record.username, record.full_name, user.email, user.phone, name)
        passwords.check_new(password, owner, "password")
        return {"password_hash": passwords.hash_password(password), "one_time_password": False}


USERS = Dataset(
    name="users",
    title="people",
    record=UserRecord,
    permission=permissions.IMPORT_USERS,
    entity_type=User.kind,
    action="USER_IMPORTED",
    key_field="username",
    canonical=login_name,
    upsert=upsert_user,
    example={
        "username": "mara.k",
        "password": "seven quiet rivers",
        "role": "picker",
        "full_name": "Mara Kuipers",
        "email": "mara@example.org",
        "phone": "+31612345678",
        "skills": ["forklift"],
        "team": "Night",
    },
)
"""Users by their user name."""
