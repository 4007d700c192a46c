"""The dataset `users`: people, found by their user name, added or changed by the rules of the console.

What a record leaves out stays as it is; null takes it away. A password is needed for somebody new and may be given for
others: if it is another than they have, it replaces theirs and signs them out, and if it is the same nothing happens,
so that a file can be loaded twice. `reports_to` is the user name of a person (or their id), who may come with the same
request.

Passwords take a tenth of a second and 64 MB each, so no more than two are worked on at once.
"""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.core.actor import Actor
from chalicelib.core.errors import ValidationFailed
from chalicelib.core.store import get
from chalicelib.core.work import UnitOfWork
from chalicelib.edge.dependencies import dependencies
from chalicelib.edge.imports import Dataset, NotYet, Outcome
from chalicelib.edge.types import NOT_BLANK
from chalicelib.identity import passwords
from chalicelib.identity.console_schemas import Email, NewUser, Phone, Picture, Skills, Text100, Username
from chalicelib.identity.people import NameTaken
from chalicelib.identity.phones import login_name
from chalicelib.identity.tables import User, login_name_key, user_key
from chalicelib.identity.users import apply_change, check_hands_on, create_user

IMPORT = "identity.user.import"
_hashing = BoundedSemaphore(2)


class UserRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person. What is left out of a record stays as it is; null takes it away."""

    username: Username
    role: Text100
    full_name: Text100
    password: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    game_zone: Text100 | UnsetType | None = UNSET
    team: Text100 | UnsetType | None = UNSET
    reports_to: Annotated[str, NOT_BLANK, Meta(max_length=254)] | UnsetType | None = UNSET
    skills: Skills | UnsetType = UNSET
    profile_picture: Picture | UnsetType | None = UNSET

    def values(self) -> dict[str, Any]:
        """What was sent beside the password, by the attributes of a person."""
        sent = {name: getattr(self, name) for name in self.__struct_fields__ if name != "password"}
        return {name: value for name, value in sent.items() if value is not UNSET}


def upsert_user(work: UnitOfWork, actor: Actor, record: UserRecord) -> Outcome:
    """Add or change one person. Raises what the console's `create_user` and `change_user` raise, and `NotYet`."""
    values = record.values()
    if values.get("reports_to"):
        values["reports_to"] = _superior(actor.org_id, values["reports_to"])
    user = _known(actor.org_id, record.username)
    if user is None:
        _add(work, actor, record, values)
        return "created"
    actor.require_reach(IMPORT, owners=(user.user_id,), zone=user.game_zone)
    check_hands_on(actor, user)
    if record.password is not None:
        values |= _new_password(user, record)
    apply_change(work, actor, user, values, clock=dependencies().clock, permission=IMPORT)
    return "updated"


def _add(work: UnitOfWork, actor: Actor, record: UserRecord, values: dict[str, Any]) -> None:
    if record.password is None:
        raise ValidationFailed({"password": "is required for somebody new"})
    with _hashing:
        create_user(work, actor, NewUser(**values, password=record.password), dependencies().clock, IMPORT)


def _known(org_id: str, username: str) -> User | None:
    """The person of this user name. Raises `NameTaken` if somebody else signs in by it."""
    login = get(login_name_key(login_name(username)))
    if login is None:
        return None
    user = get(user_key(org_id, login.user_id)) if login.org_id == org_id else None
    if user is None or login_name(user.username) != login_name(username):
        raise NameTaken("Somebody already signs in by that user name.", details={"field": "username"})
    return user


def _superior(org_id: str, named: str) -> str:
    """The id of the person whom a record names."""
    login = get(login_name_key(login_name(named)))
    if login is not None and login.org_id == org_id:
        return login.user_id
    if get(user_key(org_id, named)) is None:
        raise NotYet({"reports_to": "is not the user name of a person of this organisation"})
    return named


def _new_password(user: User, record: UserRecord) -> dict[str, object]:
    """What changes with the password; nothing if it is the one that they have."""
    password = record.password or ""
    with _hashing:
        if passwords.matches(user.password_hash, password):
            return {}
        passwords.check_new(password, (record.username, record.full_name, user.email), "password")
        return {"password_hash": passwords.hash_password(password), "one_time_password": False}


USERS = Dataset(
    name="users",
    title="people",
    record=UserRecord,
    permission=IMPORT,
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
"""People by their user name."""
