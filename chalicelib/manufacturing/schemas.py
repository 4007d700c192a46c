"""Requests and responses that planning and assembly share: pages of lists and the console's envelopes."""

from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import PageMeta, PageRequest, check_page_depth
from chalicelib.edge.types import EntityId, Name

ViewT = TypeVar("ViewT")

Name100 = Annotated[Name, Meta(max_length=100)]


class ListQuery(PageRequest, frozen=True, rename="camel"):
    """A page of a list; `q` limits it to entities that contain a text."""

    q: Annotated[str, Meta(max_length=100)] | None = None

    cross_check = staticmethod(check_page_depth)


class AssemblyQuery(ListQuery, frozen=True, rename="camel"):
    """The filters of modules and packs."""

    sku_id: EntityId | None = None
    batch_id: EntityId | None = None


class Envelope(msgspec.Struct, Generic[ViewT], frozen=True):
    """One entity in the console's envelope."""

    data: ViewT
    success: bool = True


class ListEnvelope(msgspec.Struct, Generic[ViewT], frozen=True):
    """A page of entities in the console's envelope, newest first."""

    data: list[ViewT]
    meta: PageMeta
    success: bool = True
