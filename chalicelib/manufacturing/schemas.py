"""Requests and responses that planning and assembly share: pages of lists and the console's envelopes."""

from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import PageMeta, PageRequest, check_page_depth
from chalicelib.edge.types import EntityId, Name
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.rules import ModuleStatus, PackStatus

ViewT = TypeVar("ViewT")

Name100 = Annotated[Name, Meta(max_length=100)]


class ListQuery(PageRequest, frozen=True, rename="camel"):
    """A page of a list, and the text that its entries contain."""

    q: Annotated[str, Meta(max_length=100)] | None = None
    """Only entries that contain this text: SKUs in name, code, chemistry or id; batches in id, notes or the SKU's name
    or code; modules and packs in serial number or id. Case does not matter."""

    cross_check = staticmethod(check_page_depth)


class AssemblyQuery(ListQuery, frozen=True, rename="camel"):
    """The filters of modules and packs."""

    sku_id: EntityId | None = None
    """Only what is built for this SKU (`SKU-...`)."""
    batch_id: EntityId | None = None
    """Only what belongs to this batch (`BAT-...`)."""


class ModuleQuery(AssemblyQuery, frozen=True, rename="camel"):
    """The filters of modules."""

    status: ModuleStatus | None = None
    """Only modules in this status."""


class PackQuery(AssemblyQuery, frozen=True, rename="camel"):
    """The filters of packs."""

    status: PackStatus | None = None
    """Only packs in this status."""
    disposition: Disposition | None = None
    """Only packs whose newest disposition this is: `QUARANTINE` lists those that wait for another decision. Rework and
    a return take the disposition away."""


class Envelope(msgspec.Struct, Generic[ViewT], frozen=True):
    """One entity in the console's envelope."""

    data: ViewT
    """The entity."""
    success: bool = True


class ListEnvelope(msgspec.Struct, Generic[ViewT], frozen=True):
    """A page of entities in the console's envelope, newest first."""

    data: list[ViewT]
    """The entries of this page, newest first."""
    meta: PageMeta
    """The number of this page, its size, and the number of entries on all pages."""
    success: bool = True


class CursorMeta(msgspec.Struct, frozen=True, rename="camel"):
    """Where the next page begins."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page; a page may be shorter than requested and still have
    one."""


class CursorEnvelope(msgspec.Struct, Generic[ViewT], frozen=True):
    """A part of a list in the console's envelope."""

    data: list[ViewT]
    """The entries of this page."""
    meta: CursorMeta
    """Where the next page begins."""
    success: bool = True
