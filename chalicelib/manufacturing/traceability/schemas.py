"""Requests and responses of traces, exports and recalls."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Cursor
from chalicelib.manufacturing.sku_spec import Serial

MAX_TRACED = 1000
MAX_EVENTS = 1000

Kind = Literal["cell", "module", "pack", "batch", "sku"]


class TraceEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """An ancestor or descendant. Batches and SKUs have no serial number, cells in a module no status."""

    kind: Kind
    id: str
    serial: str | None = None
    status: str | None = None


class TraceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A serial number, its ancestors from the nearest on, and its descendants: each module followed by its cells.

    `status` is that of the module or pack; a cell is `BOUND` or, after it was unbound, `REMOVED`.
    """

    serial: str
    kind: Literal["cell", "module", "pack"]
    id: str
    status: str
    ancestors: list[TraceEntry]
    descendants: list[TraceEntry]


class CursorMeta(msgspec.Struct, frozen=True, rename="camel"):
    """The cursor of the next page, null at the end. A page below the limit need not be the last."""

    next_cursor: str | None


class TraceAnswer(msgspec.Struct, frozen=True):
    """A page of a trace; each page has the ancestors."""

    data: TraceView
    meta: CursorMeta
    success: bool = True


class TraceQuery(msgspec.Struct, frozen=True):
    """The part of the descendants to return."""

    limit: Annotated[int, Meta(ge=1, le=MAX_TRACED)] = 200
    cursor: Cursor | None = None


class ExportQuery(msgspec.Struct, frozen=True, rename={"per_page": "perPage", "next_page_token": "nextPageToken"}):
    """The part of the events to return; the names are those of the EPCIS REST interface."""

    per_page: Annotated[int, Meta(ge=1, le=MAX_EVENTS)] = MAX_EVENTS
    next_page_token: Cursor | None = None


class AffectedModule(msgspec.Struct, frozen=True):
    """A module and the number of its cells of the lot."""

    id: str
    serial: str
    cells: int


class Affected(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pack that holds cells of the lot, with the modules that do; or a module that is in no pack."""

    kind: Literal["module", "pack"]
    id: str
    serial: str
    status: str
    cells: int
    modules: list[AffectedModule]
    disposition: str | None = None


class AffectedMeta(msgspec.Struct, frozen=True, rename="camel"):
    """The number of packs and modules on all pages, the number of their cells, and the cursor of the next page."""

    total_count: int
    total_cells: int
    next_cursor: str | None


class AffectedPage(msgspec.Struct, frozen=True):
    """A page of what holds cells of a lot: first modules that are in no pack, then packs, each once."""

    data: list[Affected]
    meta: AffectedMeta
    success: bool = True


class AffectedQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The lot of cells, as given when they were bound, and the part of the list to return."""

    cell_lot: Serial
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: Cursor | None = None
