"""Requests and responses about API keys, in the console's envelope."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Name
from chalicelib.identity.roles.schemas import RoleCode


class NewApiKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new API key: a name by which people recognise it, and the code of its role."""

    name: Annotated[Name, Meta(max_length=100)]
    role: RoleCode


class ApiKeyView(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """An API key. `createdBy` is the id of the user or API key that created it; `key` is shown once, on creation."""

    id: str
    name: str
    role: str
    created_at: datetime
    created_by: str
    key: str | None = None


class ApiKeyAnswer(msgspec.Struct, frozen=True):
    """One API key."""

    data: ApiKeyView
    success: bool = True


class ApiKeyMeta(msgspec.Struct, frozen=True, rename="camel"):
    """The cursor of the next page; null at the end."""

    next_cursor: str | None


class ApiKeyList(msgspec.Struct, frozen=True):
    """A page of API keys, oldest first."""

    data: list[ApiKeyView]
    meta: ApiKeyMeta
    success: bool = True
