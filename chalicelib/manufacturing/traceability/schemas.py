"""Requests and responses of traces, exports and recalls."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Cursor
from chalicelib.manufacturing.assembly.holds.schemas import UnitHold
from chalicelib.manufacturing.schemas import CursorMeta
from chalicelib.manufacturing.sku_spec import Lot

MAX_TRACED = 1000
MAX_EVENTS = 1000

Kind = Literal["cell", "module", "pack", "batch", "sku"]


class TraceEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """An ancestor or descendant."""

    kind: Kind
    """What the entry is."""
    id: str
    """The id of the batch, SKU, module or pack; for a cell its serial number."""
    serial: str | None = None
    """The serial number. Absent for batches and SKUs."""
    status: str | None = None
    """The status of the batch, SKU, module or pack. Absent for cells."""


class TraceView(msgspec.Struct, frozen=True, omit_defaults=True):
    """A serial number, batch or SKU, its ancestors, and its descendants."""

    serial: str
    """The serial number; of a batch or SKU its id."""
    kind: Kind
    """What has this serial number or id."""
    id: str
    """The id of the module, pack, batch or SKU; for a cell its serial number."""
    status: str
    """The status of the module, pack, batch or SKU. A cell is `BOUND`, `REMOVED` if it was unbound or freed
    and is in no module now, or `SCRAPPED` with its module."""
    ancestors: list[TraceEntry]
    """What contains or produced it, from the nearest on: module, pack, batches, SKU. Each page has them; empty for a
    removed cell."""
    descendants: list[TraceEntry]
    """The part of what it contains that is on this page, in the order of binding: the modules of a pack, each followed
    by its cells, the cells of a module, the packs and then the modules of a batch, or the batches of a SKU. Empty for a
    cell."""
    holds: list[UnitHold]
    """Up to 20 of the open holds that hold it, its batch or something in it. Empty if it is not held."""
    lot: str | None = None
    """The lot of a cell, as it was first written or corrected. Absent for everything else, and if the cell has none."""


class TraceAnswer(msgspec.Struct, frozen=True):
    """A page of a trace; each page has the ancestors."""

    data: TraceView
    """The trace."""
    meta: CursorMeta
    """Where the next page of the descendants begins."""
    success: bool = True


class TraceQuery(msgspec.Struct, frozen=True):
    """The part of the descendants to return."""

    limit: Annotated[int, Meta(ge=1, le=MAX_TRACED)] = 200
    """The largest number of descendants on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page of the same serial number."""


class ExportQuery(msgspec.Struct, frozen=True, rename={"per_page": "perPage", "next_page_token": "nextPageToken"}):
    """The part of the events to return; the names are those of the EPCIS REST interface."""

    per_page: Annotated[int, Meta(ge=1, le=MAX_EVENTS)] = MAX_EVENTS
    """The number of events after which the page ends. It may end earlier, and the events of the unit itself are never
    split."""
    next_page_token: Cursor | None = None
    """The token in the `Link` header of the previous page of the same serial number."""


class AffectedModule(msgspec.Struct, frozen=True):
    """A module and the number of its cells of the lot."""

    id: str
    """The id of the module (`MOD-...`)."""
    serial: str
    """The serial number of the module."""
    cells: int
    """The number of cells of the lot that the module holds now."""


class Affected(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A pack that holds cells of the lot, with the modules that do; a module in no pack; or a cell in no module."""

    kind: Literal["cell", "module", "pack"]
    """Whether this is a pack, a module that is in no pack, or a cell that is in no module."""
    id: str
    """The id of the pack or module; for a cell its serial number."""
    serial: str
    """The serial number of the pack, module or cell."""
    status: str
    """The status of the pack or module. A cell is `REMOVED`."""
    cells: int
    """The number of cells that were ever of the lot that it holds now; 1 for a cell."""
    modules: list[AffectedModule]
    """The modules with cells of the lot: those of the pack, or the module itself. Empty for a cell."""
    disposition: str | None = None
    """The newest disposition of the pack. Absent for modules, and before the first one."""
    customer: str | None = None
    """The customer to whom the pack was shipped last. Absent if it never was."""
    order: str | None = None
    """The customer's order of that shipment. Absent if none was given."""
    shipped_at: datetime | None = None
    """When the pack was shipped last, UTC. Absent if it never was."""
    returned_at: datetime | None = None
    """When the pack came back from that shipment, UTC. Absent if it did not."""


class AffectedMeta(msgspec.Struct, frozen=True, rename="camel"):
    """The totals, and where the next page begins."""

    total_count: int
    """The number of cells in no module, modules in no pack, and packs, on all pages."""
    total_cells: int
    """The number of cells of the lot in all of them."""
    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""


class AffectedPage(msgspec.Struct, frozen=True):
    """A page of what a lot affects: first cells in no module, then modules in no pack, then packs, each once."""

    data: list[Affected]
    """The cells, modules and packs of this page."""
    meta: AffectedMeta
    """The totals, and where the next page begins."""
    success: bool = True


class AffectedQuery(msgspec.Struct, frozen=True, rename="camel"):
    """The lot of cells, and the part of the list to return."""

    cell_lot: Lot
    """The lot. Lots are compared without upper and lower case."""
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    """The largest number of packs and modules on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page of the same lot."""
