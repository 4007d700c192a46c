"""The list of technicians."""

import msgspec

from chalicelib.edge.types import Cursor, Limit, Text100


class TechnicianQuery(msgspec.Struct, frozen=True):
    """Which technicians to list."""

    zone: Text100 | None = None
    """Only technicians of this game zone. If it is omitted, of the caller's own, or of all zones if the caller's
    permission covers the organisation. A zone that it does not cover is 403."""
    limit: Limit = 20
    """The largest number of technicians on the page."""
    cursor: Cursor | None = None
    """The `nextCursor` of the previous page, with otherwise the same parameters."""


class TechnicianView(msgspec.Struct, frozen=True, rename="camel"):
    """A technician with the number of their open work orders."""

    id: str
    """The user id."""
    name: str
    """The full name."""
    game_zone: str | None
    """The game zone. Null for a technician without one, who cannot be assigned anything."""
    team: str | None
    """The team. Null without one."""
    skills: list[str]
    """What the technician can do, as entered in the account; often empty."""
    open_orders: int
    """The number of work orders in this zone that are assigned to the technician, in progress or on hold."""


class TechnicianPage(msgspec.Struct, frozen=True, rename="camel"):
    """A page of technicians, by zone and then by user name. It may hold fewer than `limit` and have a cursor."""

    technicians: list[TechnicianView]
    """The technicians of this page."""
    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""
