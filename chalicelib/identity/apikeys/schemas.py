"""Requests and responses about API keys, in the console's envelope."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Name
from chalicelib.identity.roles.schemas import RoleCode


class CreateApiKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new API key."""

    name: Annotated[Name, Meta(max_length=100)]
    """A name by which people recognise the key, such as that of the program that uses it. The audit trail shows it."""
    role: RoleCode
    """The code of the role with which the key acts. The role must not have permissions that the caller lacks, unless
    the caller manages roles."""


class ApiKeyView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """An API key."""

    id: str
    """The id of the key, which is also a part of its text."""
    name: str
    """The name by which people recognise the key."""
    role: str
    """The code of the role with which the key acts."""
    created_at: datetime
    """When the key was created, UTC."""
    created_by: str
    """The id of the user who created the key, or `key:` and the id of the API key that did."""
    key: str | None = None
    """The text of the key, to be sent as `Authorization: Bearer`. It cannot be read again. Absent except in the
    response to its creation."""


class ApiKeyAnswer(msgspec.Struct, frozen=True):
    """One API key."""

    data: ApiKeyView
    """The new API key."""
    success: bool = True


class ApiKeyMeta(msgspec.Struct, frozen=True, rename="camel"):
    """Where the next page begins."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""


class ApiKeyList(msgspec.Struct, frozen=True):
    """A page of API keys, oldest first."""

    data: list[ApiKeyView]
    """The API keys of this page, without their texts."""
    meta: ApiKeyMeta
    """Where the next page begins."""
    success: bool = True
