"""Requests and responses of lines and short lines."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.edge.types import Cursor, Limit, Text500


class ShortRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why less is picked of a line than was ordered."""

    reason: Text500
    """Why the rest is not picked, in at most 500 characters."""
    quantity: Annotated[float, Meta(ge=0, le=1_000_000)] | None = None
    """What was picked of the line in all, with at most six decimal places. Omitted: what was counted so far."""


class LineShort(msgspec.Struct, frozen=True):
    """That a line was closed short."""

    missing: Decimal
    """The number of units that are not picked."""
    reason: str
    """Why they are not picked."""
    user_id: str
    """The id of the user who closed the line."""
    user_name: str
    """The full name of that user."""
    at: datetime
    """When the line was closed, in UTC."""


class AssignmentLine(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A quantity of a product to pick at a location, with what is picked of it."""

    line_number: int
    """The number of the line, unique in the assignment."""
    sku: str
    """The code of the product."""
    location: str
    """Where the product is stored."""
    quantity: Decimal
    """The number of units to pick."""
    picked: Decimal
    """The number of units picked so far, by all pickers."""
    barcodes: list[str]
    """The further codes by which the line is scanned; empty if it has none."""
    uom: str | None = None
    """The unit of the quantity, such as `kg`. Absent if the line names none."""
    pallet: str | None = None
    """The pallet that the line belongs to. Absent if it names none."""
    short: LineShort | None = None
    """Absent unless the line was closed short."""


class AssignmentLines(msgspec.Struct, frozen=True):
    """The lines of an assignment in the order in which one walks: by location, then by number."""

    lines: list[AssignmentLine]
    """The lines."""


class ShortQuery(msgspec.Struct, frozen=True):
    """Which page of short lines to list."""

    limit: Limit = 20
    cursor: Cursor | None = None


class ShortView(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was closed short, with its assignment."""

    assignment_id: str
    """The id of the assignment."""
    customer: str
    """The name of the customer."""
    order_label: str
    """The order, as people call it."""
    zone: str
    """The zone of the warehouse; empty if the assignment has none."""
    line_number: int
    """The number of the line, unique in the assignment."""
    sku: str
    """The code of the product."""
    location: str
    """Where the product is stored."""
    quantity: Decimal
    """The number of units that were to be picked."""
    picked: Decimal
    """The number of units that were picked."""
    missing: Decimal
    """The number of units that are not picked."""
    reason: str
    """Why they are not picked."""
    user_id: str
    """The id of the user who closed the line."""
    user_name: str
    """The full name of that user."""
    at: datetime
    """When the line was closed, in UTC."""


class ShortPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of short lines, the last closed first."""

    shorts: list[ShortView]
    """The short lines."""
    next_cursor: str | None = None
    """The cursor of the next page. Absent at the end."""
