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
    """The code of the permission, such as `dispatch.order.create`. In a request an unknown or repeated one is 422."""
    scope: Scope
    """What the permission covers. `own`: what is assigned to the user or was created by them. `zone`: also everything
    in the user's game zone. `org`: everything in the organisation."""


class RoleView(msgspec.Struct, frozen=True):
    """A role and its permissions."""

    code: str
    """The code by which users and API keys name the role."""
    name: str
    """The name that people read."""
    permissions: list[Granted]
    """What users and API keys with this role may do, sorted by code."""
    version: int
    """Counts the changes of the role, from 1. It is the `ETag`, and can be sent back as `If-Match`."""


class RoleAnswer(msgspec.Struct, frozen=True):
    """One role."""

    data: RoleView
    """The role."""
    success: bool = True


class RoleList(msgspec.Struct, frozen=True):
    """All roles of the organisation."""

    data: list[RoleView]
    """All roles, those of every organisation first, then custom ones by code."""
    success: bool = True


class CreateRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new role."""

    code: RoleCode
    """The code by which users and API keys name the role: a letter, then letters, digits, `_` and `-`. It must differ
    from all other roles' codes in more than case, and cannot be changed."""
    name: Annotated[Name, Meta(max_length=100)]
    """The name that people read."""
    permissions: Annotated[list[Granted], Meta(max_length=500)]
    """What the role may do. What every role holds, such as ending one's own sessions and changing one's own password,
    is added with the scope `own` where the list omits it."""


class RoleChange(msgspec.Struct, frozen=True):
    """The new permissions of a role; the role can be sent back as it was read."""

    permissions: Annotated[list[Granted], Meta(max_length=500)]
    """All permissions of the role from now on; what the list omits is taken away."""
    code: str | None = None
    """The code of the role in the path, if it is sent at all; another one is 422."""
    name: str | None = None
    """Ignored; a role keeps its name."""
    version: int | None = None
    """Ignored; send the version as `If-Match` to protect the changes of others."""
