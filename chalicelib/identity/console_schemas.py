"""People and roles as the console reads and sends them, in its envelope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.edge.types import NOT_BLANK, SENTENCE, EntityId
from chalicelib.identity.default_permissions import ROLES
from chalicelib.identity.tables import RolePermissions, User

Username = Annotated[
    str, Meta(min_length=1, max_length=64, pattern=r"^\S+$(?!\n)", extra={SENTENCE: "must not contain spaces"})
]
Email = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$(?!\n)",
        extra={SENTENCE: "must be an e-mail address"},
    ),
]
Text100 = Annotated[str, NOT_BLANK, Meta(max_length=100)]
Phone = Annotated[str, NOT_BLANK, Meta(max_length=40)]
Skills = Annotated[list[Text100], Meta(max_length=50)]
Picture = Annotated[str, NOT_BLANK, Meta(max_length=1000)]
Status = Literal["ACTIVE", "DISABLED"]
Scope = Literal["own", "zone", "org"]


class UserView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A person as it is read. `oneTimePassword` is there once, in the answer that made it up."""

    id: str
    username: str
    full_name: str
    role: str
    status: Status
    skills: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    email: str | None = None
    phone: str | None = None
    game_zone: str | None = None
    team: str | None = None
    reports_to: str | None = None
    profile_picture: str | None = None
    one_time_password: str | None = None


class UserAnswer(msgspec.Struct, frozen=True):
    """One person."""

    data: UserView
    success: bool = True


class PageMeta(msgspec.Struct, frozen=True, rename="camel"):
    """Which page this is, and how many there are of what was asked for on all pages."""

    total_count: int
    page: int
    page_size: int


class UserList(msgspec.Struct, frozen=True):
    """A page of people, by user name."""

    data: list[UserView]
    meta: PageMeta
    success: bool = True


class UserQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Which people: of a role, of a status, with a text in user name, name, e-mail or phone number."""

    page: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    page_size: Annotated[int, Meta(ge=1, le=100)] = 20
    role: Annotated[str, Meta(max_length=64)] | None = None
    status: Status | None = None
    q: Annotated[str, Meta(max_length=100)] | None = None


class NewUser(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A person to be. Without a password they get one that is told once."""

    username: Username
    full_name: Text100
    role: Text100
    password: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    email: Email | None = None
    phone: Phone | None = None
    game_zone: Text100 | None = None
    team: Text100 | None = None
    reports_to: EntityId | None = None
    skills: Skills = []
    profile_picture: Picture | None = None


class UserChange(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What shall change of a person; what is left out stays, null takes away."""

    username: Username | UnsetType = UNSET
    full_name: Text100 | UnsetType = UNSET
    role: Text100 | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET
    game_zone: Text100 | UnsetType | None = UNSET
    team: Text100 | UnsetType | None = UNSET
    reports_to: EntityId | UnsetType | None = UNSET
    skills: Skills | UnsetType = UNSET
    profile_picture: Picture | UnsetType | None = UNSET
    reset_password: bool = False

    def values(self) -> dict[str, object]:
        """What was sent, by the attributes of a person."""
        sent = {name: getattr(self, name) for name in self.__struct_fields__ if name != "reset_password"}
        return {name: value for name, value in sent.items() if value is not UNSET}


class Granted(msgspec.Struct, frozen=True):
    """A permission of a role, and how far it reaches."""

    code: Annotated[str, Meta(min_length=1, max_length=100)]
    scope: Scope


class RoleView(msgspec.Struct, frozen=True):
    """A role and what it may do."""

    code: str
    name: str
    permissions: list[Granted]
    version: int


class RoleAnswer(msgspec.Struct, frozen=True):
    """One role."""

    data: RoleView
    success: bool = True


class RoleList(msgspec.Struct, frozen=True):
    """All roles of the organisation."""

    data: list[RoleView]
    success: bool = True


class RoleChange(msgspec.Struct, frozen=True):
    """All that a role may do from now on. What is read can be sent back: name and version are taken and not used."""

    permissions: Annotated[list[Granted], Meta(max_length=500)]
    code: str | None = None
    name: str | None = None
    version: int | None = None


def user_view(user: User, one_time_password: str | None = None) -> UserView:
    """A person as it is read."""
    return UserView(
        id=user.user_id,
        username=user.username,
        full_name=user.full_name,
        role=user.role,
        status="ACTIVE" if user.status == "ACTIVE" else "DISABLED",
        skills=[str(skill) for skill in user.skills or ()],
        version=user.version,
        created_at=user.created_at,
        updated_at=user.updated_at,
        email=user.email,
        phone=user.phone,
        game_zone=user.game_zone,
        team=user.team,
        reports_to=user.reports_to,
        profile_picture=user.profile_picture,
        one_time_password=one_time_password,
    )


def granted(permissions: Mapping[str, str]) -> list[Granted]:
    """Permissions (`{code: scope}`) as they are read, by code."""
    return [msgspec.convert({"code": code, "scope": permissions[code]}, Granted) for code in sorted(permissions)]


def role_view(role: RolePermissions) -> RoleView:
    """A role as it is read."""
    return RoleView(role.code, ROLES.get(role.code, role.code), granted(role.permissions), role.version)
