"""What is asked and answered about where things are: traces, exports and recalls."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Cursor
from chalicelib.manufacturing.blueprint import Serial

MAX_TRACED = 1000
MAX_EVENTS = 1000

Kind = Literal["cell", "module", "pack", "batch", "sku"]


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something above or below a serial. Batches and SKUs have no serial, cells inside a module no state."""

    kind: Kind
    id: str
    serial: str | None = None
    status: str | None = None


class TraceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A serial and what is above it, nearest first, and below it, each module followed by its cells.

    `status` of a module or pack is its state, of a cell `BOUND` or `REMOVED`: it was taken off and is nowhere now.
    """

    serial: str
    kind: Literal["cell", "module", "pack"]
    id: str
    status: str
    ancestors: list[Entry]
    descendants: list[Entry]


class CursorMeta(msgspec.Struct, frozen=True, rename="camel"):
    """Where the list goes on; null at its end. A page may hold fewer entries than asked for, or none, and go on."""

    next_cursor: str | None


class TraceAnswer(msgspec.Struct, frozen=True):
    """A page of a trace; what is above is on each of them."""

    data: TraceView
    meta: CursorMeta
    success: bool = True


class TraceQuery(msgspec.Struct, frozen=True):
    """How many descendants, and from where on."""

    limit: Annotated[int, Meta(ge=1, le=MAX_TRACED)] = 200
    cursor: Cursor | None = None


class ExportQuery(msgspec.Struct, frozen=True, rename={"per_page": "perPage", "next_page_token": "nextPageToken"}):
    """How many events at most, and from where on; the names are those of EPCIS's own REST interface."""

    per_page: Annotated[int, Meta(ge=1, le=MAX_EVENTS)] = MAX_EVENTS
    next_page_token: Cursor | None = None


class AffectedModule(msgspec.Struct, frozen=True):
    """A module and how many cells of the lot it holds."""

    id: str
    serial: str
    cells: int


class Affected(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pack that holds cells of the lot, and in which modules; or a module that is in no pack yet."""

    kind: Literal["module", "pack"]
    id: str
    serial: str
    status: str
    cells: int
    modules: list[AffectedModule]
    disposition: str | None = None


class AffectedMeta(msgspec.Struct, frozen=True, rename="camel"):
    """How many packs and modules there are on all pages, how many cells they hold, and where the list goes on."""

    total_count: int
    total_cells: int
    next_cursor: str | None


class AffectedPage(msgspec.Struct, frozen=True):
    """Some of what holds cells of a lot: modules that are in no pack first, then packs, each once."""

    data: list[Affected]
    meta: AffectedMeta
    success: bool = True


class AffectedQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Which lot of cells, as it was given when they were bound; how many entries, and from where on."""

    cell_lot: Serial
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    cursor: Cursor | None = None
