"""Lists of short lines, and the lines of an assignment with what is picked of them."""

from typing import NamedTuple

from chalicelib.core.actor import Actor
from chalicelib.core.pagination import Page
from chalicelib.core.store import Query
from chalicelib.picking import permissions
from chalicelib.picking.ledger.matching import PickLine, PickLines
from chalicelib.picking.ledger.state import AssignmentState
from chalicelib.picking.ledger.tables import ShortRecord, shorts_key
from chalicelib.picking.lines.schemas import ShortQuery
from chalicelib.picking.tables import Assignment, PickList


class LinesNow(NamedTuple):
    """The lines of an assignment with its state."""

    lines: PickLines
    state: AssignmentState


class LineTarget(NamedTuple):
    """A line that a request names, by its number as it was sent."""

    assignment: Assignment
    pick_list: PickList
    number: str


class LineNow(NamedTuple):
    """A line of an assignment with its state."""

    line: PickLine
    state: AssignmentState


def list_shorts(actor: Actor, query: ShortQuery) -> Page[ShortRecord]:
    """Return short lines, the last closed first. Raise `AccessDenied` unless the caller may see all of them."""
    actor.require_reach(permissions.READ)
    index = ShortRecord.desk.Meta.index_name
    shorts = Query(ShortRecord, shorts_key(actor.org_id), index, newest_first=True)
    return shorts.page(query.limit, query.cursor)
