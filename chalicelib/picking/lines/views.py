"""Lines and short lines, as pickers and supervisors read them."""

import re

from chalicelib.core.clock import from_millis
from chalicelib.core.pagination import Page
from chalicelib.picking.ledger.matching import ZERO, PickLine
from chalicelib.picking.ledger.state import AssignmentState
from chalicelib.picking.ledger.tables import ShortRecord
from chalicelib.picking.lines.queries import LineNow, LinesNow
from chalicelib.picking.lines.schemas import AssignmentLine, AssignmentLines, LineShort, ShortPage, ShortView

_DIGITS = re.compile(r"(\d+)")
_SAME = ("assignment_id", "customer", "order_label", "zone", "line_number", "sku", "location", "quantity", "picked")


def lines_view(now: LinesNow) -> AssignmentLines:
    """Return the lines of an assignment, by location and number."""
    lines = sorted(now.lines.all, key=lambda line: (_walking_order(line.location), line.number))
    return AssignmentLines([_line(line, now.state) for line in lines])


def line_view(now: LineNow) -> AssignmentLine:
    """Return one line."""
    return _line(now.line, now.state)


def short_page_view(page: Page[ShortRecord]) -> ShortPage:
    """Return a page of short lines."""
    return ShortPage([_short(record) for record in page.items], page.next_cursor)


def _line(line: PickLine, state: AssignmentState) -> AssignmentLine:
    picked, short = state.picked.get(line.number, ZERO), state.shorts.get(line.number)
    closed = None
    if short is not None:
        closed = LineShort(line.quantity - picked, short.reason, short.by, short.name, from_millis(short.at))
    return AssignmentLine(
        line_number=line.number,
        sku=line.sku,
        location=line.location,
        quantity=line.quantity,
        picked=picked,
        barcodes=list(line.barcodes),
        uom=line.uom,
        pallet=line.pallet,
        short=closed,
    )


def _short(record: ShortRecord) -> ShortView:
    return ShortView(
        **{name: getattr(record, name) for name in _SAME},
        missing=record.quantity - record.picked,
        reason=record.reason,
        user_id=record.user_id,
        user_name=record.user_name,
        at=record.at,
    )


def _walking_order(location: str) -> list[tuple[str, int]]:
    """Return a sort key by which `A-2` comes before `A-10`."""
    parts = _DIGITS.split(location)
    return [(text, int(number or 0)) for text, number in zip(parts[::2], [*parts[1::2], ""], strict=True)]
