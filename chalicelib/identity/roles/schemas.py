"""Requests and responses about roles, in the console's envelope."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import SENTENCE, Code, Name

Scope = Literal["own", "zone", "org"]
RoleCode = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z][A-Za-z0-9_-]*$(?!\n)",
        extra={SENTENCE: "must begin with a letter and consist of letters, digits, '_' and '-' only"},
    ),
]


class Granted(msgspec.Struct, frozen=True):
    """A permission of a role, and its scope."""

    code: Annotated[Code, Meta(max_length=100)]
    scope: Scope


class RoleView(msgspec.Struct, frozen=True):
    """A role and its permissions."""

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


class NewRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new role: the code by which users and API keys name it, and what it may do."""

    code: RoleCode
    name: Annotated[Name, Meta(max_length=100)]
    permissions: Annotated[list[Granted], Meta(max_length=500)]


class RoleChange(msgspec.Struct, frozen=True):
    """The new permissions of a role.

    A role can be sent back as it was read: `name` and `version` are ignored, and `code` has to be the role's own.
    """

    permissions: Annotated[list[Granted], Meta(max_length=500)]
    code: str | None = None
    name: str | None = None
    version: int | None = None
