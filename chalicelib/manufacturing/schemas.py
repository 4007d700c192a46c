"""Requests and responses that planning and assembly share: pages of lists and the console's envelopes."""

from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.core.pagination import PageMeta, PageRequest, check_page_depth
from chalicelib.edge.types import SCAN, EntityId, Name
from chalicelib.manufacturing.quality.rules import Disposition
from chalicelib.manufacturing.rules import ModuleStatus, PackStatus

ViewT = TypeVar("ViewT")

Name100 = Annotated[Name, Meta(max_length=100)]


class ListQuery(PageRequest, frozen=True, rename="camel"):
    """A page of a list, and the text that its entries have."""

    q: Annotated[str, SCAN, Meta(max_length=100)] | None = None
    """Only entries with this text; case does not matter. Modules and packs: their serial number or id begins with it.
    SKUs: name, code, chemistry or id contain it. Batches: id, notes, reference, or the
    SKU's name or code contain it."""
    cursor: Annotated[str, Meta(min_length=1, max_length=2048)] | None = None
    """Where the page begins: `meta.nextCursor` of the page before. `page` does not count then. Not possible for
    modules and packs with `q`, `packId` or `free`."""

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
    pack_id: EntityId | None = None
    """Only the modules of this pack (`PCK-...`)."""
    free: bool = False
    """Only sealed modules in no pack, which can be put into one. With more than 500 of them `totalCount` counts the
    first ones that were read (`meta.moreMatches`)."""


class PackQuery(AssemblyQuery, frozen=True, rename="camel"):
    """The filters of packs."""

    status: PackStatus | None = None
    """Only packs in this status."""
    disposition: Disposition | None = None
    """Only packs whose newest disposition this is: `QUARANTINE` lists those that wait for another decision. Rework and
    a return take the disposition away."""


class ListMeta(PageMeta, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """The number and size of a page, the number of entries on all pages, and where the next page begins."""

    next_cursor: str | None = None
    """Send it as `cursor` for the next page, whatever its distance from the first. Absent on the last page, and
    where `cursor` is not possible."""
    more_matches: bool = False
    """Whether more modules or packs match `q` than the up to 500 that were read; `totalCount` counts these only. Absent
    if not."""


class Envelope(msgspec.Struct, Generic[ViewT], frozen=True):
    """One entity in the console's envelope."""

    data: ViewT
    """The entity."""
    success: bool = True


class ListEnvelope(msgspec.Struct, Generic[ViewT], frozen=True):
    """A page of entities in the console's envelope, newest first."""

    data: list[ViewT]
    """The entries of this page, newest first."""
    meta: ListMeta
    """The number of this page (1 with a cursor), its size, the number of entries on all pages, and the next cursor."""
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
